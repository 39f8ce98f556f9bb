/** Whether the server can be reached, told as soon as the network goes and taken back when it returns. */

import { el } from "../kit/dom";

const LOOK_PAUSE = 5000; // milliseconds between two looks while the server is away

/** Tells, in an element of its own, that the network is gone: not before the server is found to be out of reach. */
export class Connection {
  readonly #element: HTMLElement;
  readonly #back: () => void;
  #isAway = false;

  /** `back` is called when the server is there again. */
  constructor(element: HTMLElement, back: () => void) {
    this.#element = element;
    this.#back = back;
  }

  /** Begins to watch. */
  watch(): void {
    addEventListener("offline", () => void this.#look());
    addEventListener("online", () => void this.#look());
    if (!navigator.onLine) void this.#look();
  }

  async #look(): Promise<void> {
    const isHere = await reachable();
    if (!isHere && !this.#isAway) this.#tell();
    if (isHere && this.#isAway) this.#takeBack();
    if (this.#isAway) setTimeout(() => void this.#look(), LOOK_PAUSE);
  }

  #tell(): void {
    this.#isAway = true;
    const words = "No connection. What is on the page stays, and sounds that were heard play on; new places wait.";
    this.#element.replaceChildren(el("p", {}, words));
  }

  #takeBack(): void {
    this.#isAway = false;
    this.#element.replaceChildren();
    this.#back();
  }
}

async function reachable(): Promise<boolean> {
  try {
    return (await fetch("/healthz", { cache: "no-store" })).ok;
  } catch {
    return false;
  }
}
