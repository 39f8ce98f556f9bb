/** A longer piece of work in a tool: how far it is, how to call it off, and what went wrong. */

import { type Problem, problemOf } from "../server/problem";
import { button, el } from "./dom";
import { Newest } from "./newest";

/** One piece of work at a time, with its progress and trouble in an element of its own. */
export class Attempt {
  readonly element: HTMLElement;
  readonly #newest = new Newest();
  readonly #words = el("p", { role: "status" });
  readonly #bar = el("progress", { max: 1 });
  readonly #stop = button("Stop", () => this.cancel());
  readonly #trouble = el("p", { className: "tool-trouble", role: "alert" });
  readonly #again = button("Try again", () => this.#retry());
  #retry: () => void = () => undefined;

  constructor() {
    this.#bar.ariaLabel = "Progress";
    this.element = el("div", { className: "attempt" }, this.#words, this.#bar, this.#stop, this.#trouble, this.#again);
    this.cancel();
  }

  get isBusy(): boolean {
    return this.#newest.isBusy;
  }

  /** Does the work, which may tell how much of it is done; null when it failed or was called off. `again` repeats it. */
  async run<T>(
    work: (signal: AbortSignal, tell: (done: number, all: number) => void) => Promise<T>,
    again: () => void,
  ): Promise<T | null> {
    this.cancel();
    this.#retry = again;
    this.#showBusy(true);
    try {
      const result = await this.#newest.run((signal) => work(signal, (done, all) => this.#tellDone(done, all)));
      if (result !== null) this.#showBusy(false);
      return result;
    } catch (error) {
      this.#showBusy(false);
      this.tell(problemOf(error));
      return null;
    }
  }

  /** Tells of a problem. */
  tell({ title, detail, retryAfter }: Problem): void {
    this.#trouble.textContent = `${title}. ${detail}`;
    this.#again.hidden = retryAfter === null;
  }

  /** Calls the work off and takes back what was said. */
  cancel(): void {
    this.#newest.cancel();
    this.#trouble.textContent = "";
    this.#again.hidden = true;
    this.#showBusy(false);
  }

  #tellDone(done: number, all: number): void {
    this.#bar.value = all > 0 ? done / all : 0;
    this.#words.textContent = `${done} of ${all} places heard`;
  }

  #showBusy(isBusy: boolean): void {
    this.#words.textContent = "";
    this.#bar.hidden = this.#stop.hidden = !isBusy;
  }
}
