/** The little help needed to build a page without a framework. */

type Child = Node | string | null;

/** A new element with its properties set and its children in place; null children are left out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Partial<Omit<HTMLElementTagNameMap[K], "style">> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child): child is Node | string => child !== null));
  return element;
}

/** A button with words on it, and what a press on it does. */
export function button(words: string, press: () => void, className = "button"): HTMLButtonElement {
  const made = el("button", { type: "button", className }, words);
  made.addEventListener("click", press);
  return made;
}

/** A drawing of one line in a square of 24 by 24, which says nothing by itself. */
export function icon(line: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", line);
  svg.append(path);
  return svg;
}

/** The element of index.html with this id; throws when the page and the script do not fit together. */
export function byId<T extends HTMLElement>(id: string, kind: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`the page has no ${kind.name} with the id ${id}`);
  return element;
}

/** A text as HTML that shows it. */
export function escaped(text: string): string {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}
