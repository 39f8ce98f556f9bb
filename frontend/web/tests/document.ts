/** The page's own document in a browser that is none: it knows elements, events and addresses, but no layout and no sound. */

import { vi } from "vitest";

import html from "../index.html?raw";

const BODY = (/<body>([^]*)<\/body>/.exec(html)?.[1] ?? "").replace(/<script[^]*?<\/script>/g, "");
const SIZE = { width: 500, height: 400 }; // of every element, since a map has to have one

let ends = new AbortController();

/** Puts index.html into the document, at an address; what is heard of the window is heard until `closeDocument`. */
export function openDocument(hash = ""): void {
  ends = new AbortController();
  const listen = window.addEventListener.bind(window) as typeof addEventListener;
  const { signal } = ends;
  vi.stubGlobal("addEventListener", (kind: string, heard: EventListener, options?: boolean) => {
    listen(kind, (event: Event) => signal.aborted || heard(event), options);
  });
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockReturnValue(SIZE.width);
  vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(SIZE.height);
  for (const side of ["innerWidth", "innerHeight"]) vi.stubGlobal(side, 0); // so that panels cover nothing of the map
  history.replaceState(null, "", `/${hash}`);
  document.body.innerHTML = BODY;
}

/** Empties the document and gives back all that was stubbed; what still asks then gets no answer. */
export function closeDocument(): void {
  ends.abort();
  document.body.replaceChildren();
  vi.unstubAllGlobals();
  vi.stubGlobal("fetch", () => new Promise(() => undefined));
  vi.restoreAllMocks();
  localStorage.clear();
}

/** The one element that a selector names. */
export function one<T extends HTMLElement = HTMLElement>(selector: string, root: ParentNode = document): T {
  const found = root.querySelectorAll<T>(selector);
  if (found.length !== 1) throw new Error(`${found.length} elements are ${selector}`);
  return found[0] as T;
}

/** The button with these words, or this label. */
export function buttonNamed(name: string, root: ParentNode = document): HTMLButtonElement {
  const labelled = (button: HTMLButtonElement): string =>
    button.ariaLabel ?? button.getAttribute("aria-label") ?? (button.textContent ?? "").trim();
  const found = [...root.querySelectorAll("button")].filter((button) => labelled(button) === name);
  if (found.length !== 1) throw new Error(`${found.length} buttons are named ${name}`);
  return found[0] as HTMLButtonElement;
}

/** The texts of all that a selector names. */
export function texts(selector: string, root: ParentNode = document): string[] {
  return [...root.querySelectorAll(selector)].map(({ textContent }) => textContent ?? "");
}

/** Chooses a value, as a person does with a select, a slider or a field. */
export function choose(field: HTMLInputElement | HTMLSelectElement, value: string): void {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Presses a radio button or a checkbox. */
export function check(field: HTMLInputElement, isChecked = true): void {
  field.checked = isChecked;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

/** Presses a key on an element, which lets others hear of it. */
export function press(element: Element, key: string, more: KeyboardEventInit = {}): void {
  element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
}

/** Lets all that waits for no time happen. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
