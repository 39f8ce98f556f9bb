/** A remark about the link the page was opened with: it stays until it is put away or another link is followed. */

import { button, el } from "../kit/dom";
import type { Address } from "../kit/permalink";
import type { Capabilities } from "../server/api";

const PARTS: Record<string, string> = {
  view: "where the map looks",
  month: "the month",
  hour: "the hour",
  caption: "how captions come about",
  base: "the ground",
  hide: "the layers",
  tool: "the tool",
  path: "the path",
  with: "the place to compare with",
  checkpoint: "the checkpoint",
};

/** Shows remarks in an element of its own. */
export class Remark {
  readonly #element: HTMLElement;

  constructor(element: HTMLElement) {
    this.#element = element;
  }

  /** Shows remarks in place of those before; none: takes them away. */
  show(remarks: string[]): void {
    if (remarks.length === 0) return this.#element.replaceChildren();
    const words = remarks.map((remark) => el("p", {}, remark));
    const close = button("×", () => this.#element.replaceChildren(), "button button-round");
    close.ariaLabel = "Put this remark away";
    this.#element.replaceChildren(el("div", {}, ...words), close);
  }
}

/** What has to be said of an address: what could not be read, and what this server has no more. */
export function remarksOn(
  { place, query, tool, caption, checkpoint: told }: Address,
  unread: string[],
  { checkpoint, captioner, scales, imagery }: Pick<Capabilities, "checkpoint" | "captioner" | "scales" | "imagery">,
  opening: string,
): string[] {
  const remarks = [
    unreadWords(unread, !place && !query && !tool),
    checkpointWords(told, checkpoint.name, checkpoint.hash),
  ];
  if (place && !scales.includes(place.scale)) {
    remarks.push(`This checkpoint does not listen at scale ${place.scale}: scale ${scales[0]} is used.`);
  }
  if (place?.imagery && !imagery.some(({ name }) => name === place.imagery)) {
    remarks.push(`This server has no imagery named “${place.imagery}”: ${opening} is used.`);
  }
  if (caption === "generate" && !captioner.available) {
    remarks.push("This server cannot write captions for images: the nearest caption is shown.");
  }
  return remarks.filter((remark) => remark !== null);
}

/** What to say of the parts of a link that could not be read; null: all could. */
export function unreadWords(unread: string[], isEmpty: boolean): string | null {
  if (unread.length === 0) return null;
  const parts = unread.map((part) => PARTS[part] ?? part);
  const list = parts.length > 1 ? `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}` : parts[0];
  const rest = isEmpty ? "Choose a place on the map." : "The rest of it is shown.";
  return `This link could not be read in full: ${list} ${parts.length > 1 ? "are" : "is"} left out. ${rest}`;
}

/** What to say when a link was made with another checkpoint; null: it was made with this one. */
export function checkpointWords(told: string | null, name: string, hash: string): string | null {
  if (told === null || hash.startsWith(told)) return null;
  return (
    `This link was made with another checkpoint (${told}). ` +
    `What you hear and see now comes from “${name}” (${hash.slice(0, told.length)}) and may differ.`
  );
}
