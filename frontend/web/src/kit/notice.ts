/** The page's one voice for progress and trouble: read aloud as it changes, with a button when trying again may help. */

import type { Problem } from "../server/problem";
import { el } from "./dom";

/** A live region that shows what goes on, or what went wrong and how to go on. */
export class Notice {
  readonly #holder: HTMLElement;
  readonly #status = el("p", { className: "visually-hidden", role: "status" });
  readonly #alert = el("div", { className: "notice-words", role: "alert" });
  readonly #retry = el("button", { className: "button", type: "button", hidden: true });
  #countdown: ReturnType<typeof setInterval> | null = null;
  #told: Problem | null = null;

  constructor(holder: HTMLElement) {
    this.#holder = holder;
    holder.append(this.#status, this.#alert, this.#retry);
  }

  /** Says what goes on, to screen readers only: the page shows it by itself. */
  say(words: string): void {
    this.clear();
    this.#status.textContent = words;
  }

  /** Tells of a problem in its own words; `again` is offered once its Retry-After has passed. */
  tell(problem: Problem, again: () => void): void {
    this.clear();
    this.#told = problem;
    this.#alert.append(el("strong", {}, problem.title), el("p", {}, problem.detail));
    this.#holder.scrollIntoView({ block: "nearest" }); // what it is about may have been asked for further down
    if (problem.retryAfter === null) return;
    this.#retry.onclick = () => {
      this.clear();
      again();
    };
    this.#countDown(problem.retryAfter);
  }

  /** Tries again at once, if that is what was offered. */
  retryNow(): void {
    if (this.#retry.hidden) return;
    this.#retry.disabled = false;
    this.#retry.click();
  }

  /** Takes back what was told of this problem; what has been said since stays. */
  takeBack(problem: Problem): void {
    if (this.#told === problem) this.clear();
  }

  /** Takes back what was said. */
  clear(): void {
    if (this.#countdown !== null) clearInterval(this.#countdown);
    this.#countdown = null;
    this.#told = null;
    this.#status.textContent = "";
    this.#alert.replaceChildren();
    this.#retry.hidden = true;
  }

  #countDown(seconds: number): void {
    let left = seconds;
    const show = (): void => {
      this.#retry.disabled = left > 0;
      this.#retry.textContent = left > 0 ? `Try again in ${left} s` : "Try again";
      if (left-- <= 0 && this.#countdown !== null) clearInterval(this.#countdown);
    };
    this.#countdown = setInterval(show, 1000);
    this.#retry.hidden = false;
    show();
  }
}
