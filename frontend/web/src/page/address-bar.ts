/** The browser's address, kept in step with what the page shows. */

import { type Address, formatAddress } from "../kit/permalink";

const PAUSE = 300; // milliseconds; browsers refuse addresses that change with every step of a drag

/** Writes what is shown into the address: as a new entry of the history, or in place of the latest. */
export class AddressBar {
  readonly #view: () => Address | null;
  #waiting: ReturnType<typeof setTimeout> | null = null;

  constructor(view: () => Address | null) {
    this.#view = view;
  }

  /** Writes at once. */
  write(isNew: boolean): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = null;
    const view = this.#view();
    if (view === null) return;
    const hash = formatAddress(view);
    if (hash === (location.hash || "#")) return;
    history[isNew ? "pushState" : "replaceState"](null, "", hash === "#" ? location.pathname : hash);
  }

  /** Writes in place of the latest entry, once no more is said for a moment. */
  writeSoon(): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => this.write(false), PAUSE);
  }

  /** Forgets what waits to be written: another entry of the history is shown. */
  cancel(): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = null;
  }
}
