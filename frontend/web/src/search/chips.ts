/** Examples under a field: one stop for the Tab key, arrows between them, as in the list of a combobox. */

import { el } from "../kit/dom";

const EXAMPLES = [
  "waves crashing on rocks",
  "heavy city traffic",
  "birds in a forest",
  "planes taking off",
  "boats in a harbour",
  "wind over open fields",
];

/** A list of examples below a text field. */
export class Chips {
  readonly #field: HTMLInputElement;
  readonly #buttons: HTMLButtonElement[];

  constructor(field: HTMLInputElement, list: HTMLUListElement, choose: (example: string) => void) {
    this.#field = field;
    this.#buttons = EXAMPLES.map((example) => {
      const button = el("button", { type: "button", className: "chip-button", tabIndex: -1 }, example);
      button.addEventListener("click", () => choose(example));
      return button;
    });
    this.#let(0);
    list.replaceChildren(...this.#buttons.map((button) => el("li", {}, button)));
    list.addEventListener("keydown", (event) => this.#move(event));
    field.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" || !list.checkVisibility()) return;
      event.preventDefault();
      this.#focus(0);
    });
  }

  #move(event: KeyboardEvent): void {
    const at = this.#buttons.indexOf(event.target as HTMLButtonElement);
    const to = nextStop(event.key, at, this.#buttons.length);
    if (to === null) return;
    event.preventDefault();
    if (to < 0) this.#field.focus();
    else this.#focus(to);
  }

  #focus(index: number): void {
    this.#let(index);
    this.#buttons[index]?.focus();
  }

  /** Lets one button, and only it, be reached by Tab. */
  #let(index: number): void {
    this.#buttons.forEach((button, i) => (button.tabIndex = i === index ? 0 : -1));
  }
}

/** Where a key leads from one of `count` stops in a row: -1 back to the field above, null nowhere. */
export function nextStop(key: string, at: number, count: number): number | null {
  if (key === "ArrowRight" || key === "ArrowDown") return Math.min(at + 1, count - 1);
  if (key === "ArrowLeft" || key === "ArrowUp") return at - 1;
  if (key === "Escape") return -1;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : null;
}
