/** Whether the caption is the gallery's nearest or written for the image: offered where something here writes captions. */

import { el } from "../kit/dom";
import type { Capabilities, Soundscape } from "../server/api";
import type { CaptionRoute } from "../server/question";

export type Captioner = Capabilities["captioner"];

const WORDS: Record<CaptionRoute, string> = { retrieve: "Nearest caption", generate: "Written for this image" };
const ROUTES: Record<CaptionRoute, Soundscape["route"]> = { retrieve: "retrieval", generate: "generation" };
const NAMES: Record<string, string> = { llava: "LLaVA" };

/** A choice of one for a soundscape that is shown, with what is awaited when another was chosen. */
export function captionChoice(
  { route }: Soundscape,
  chosen: CaptionRoute,
  captioner: Captioner,
  choose: (caption: CaptionRoute) => void,
): HTMLElement {
  const options = (["retrieve", "generate"] as const).map((caption) => {
    const input = el("input", { type: "radio", name: "caption", value: caption, checked: caption === chosen });
    input.addEventListener("change", () => choose(caption));
    return el("label", {}, input, el("span", {}, WORDS[caption]));
  });
  const words = choiceWords(route, chosen, captioner);
  return el(
    "fieldset",
    { className: "switch caption-choice" },
    el("legend", {}, "Caption"),
    el("div", {}, ...options),
    el("small", { role: "status" }, words),
  );
}

/** What is said of the caption: that it is being written, or who wrote it. */
export function choiceWords(route: Soundscape["route"], chosen: CaptionRoute, { name, licence }: Captioner): string {
  const writer = NAMES[name] ?? name;
  if (ROUTES[chosen] !== route) return `${writer} writes a caption; this may take a minute or more`;
  return route === "generation" ? `Written by ${writer}. ${licence}.` : "";
}
