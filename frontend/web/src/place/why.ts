/** Why a caption or a recording is on a card: the concepts it shares with the place, and what each gives to the score. */

import { button, el } from "../kit/dom";
import { wordsOf } from "../kit/format";
import { Newest } from "../kit/newest";
import { conceptWords, type Why, why } from "../server/explain";
import { problemOf } from "../server/problem";
import type { Insight } from "./insight";

const DECIMALS = 3;
const SHOWN = 8; // concepts by name; the others are summed

let count = 0;

/** A button, and the explanation that it opens. */
export function whyPart(entry: string, caption: string | null, insight: Insight): HTMLElement {
  const region = el("div", { className: "why-body", id: `why-${++count}`, hidden: true });
  const newest = new Newest();
  const open = async (): Promise<void> => {
    const place = insight.events.question();
    if (!place) return;
    region.replaceChildren(el("p", { role: "status" }, "Weighing the concepts\u2026"));
    try {
      const found = await newest.run((signal) => why(place, entry, signal));
      if (found) region.replaceChildren(...explanation(found, caption, insight));
    } catch (error) {
      const { title, detail } = problemOf(error);
      const again = button("Try again", () => void open());
      region.replaceChildren(el("p", { className: "tool-trouble", role: "alert" }, `${title}. ${detail}`), again);
    }
  };
  const toggle = button("Why?", () => {
    region.hidden = !region.hidden;
    toggle.ariaExpanded = String(!region.hidden);
    if (region.hidden) newest.cancel();
    else void open();
  }, "link why-button");
  toggle.ariaExpanded = "false";
  toggle.setAttribute("aria-controls", region.id);
  toggle.setAttribute("aria-label", caption === null ? "Why this recording?" : "Why this caption?");
  return el("div", { className: "why" }, toggle, region);
}

function explanation(found: Why, caption: string | null, insight: Insight): HTMLElement[] {
  const rows = rowsOf(found).map(({ id, words, contribution, detail }) => {
    const bar = el("span", { className: "bar", ariaHidden: "true" });
    bar.style.setProperty("--share", String(Math.max(contribution / Math.max(found.score, 1e-9), 0)));
    const label = id === null ? el("span", { className: "why-rest" }, words) : insight.button(words, { concept: id });
    const more = id === null ? null : button("More", () => insight.events.onConcept(id), "link");
    more?.setAttribute("aria-label", `More of ${words}`);
    return el("li", { title: detail }, label, more, el("span", { className: "score" }, signed(contribution)), bar);
  });
  const words = caption === null ? [] : [wordButtons(caption, insight)];
  return [
    ...words,
    el("p", { className: "tool-facts" }, whyWords(found)),
    el("ol", { className: "why-rows" }, ...rows),
    el("p", { className: "why-sum" }, el("span", {}, "Together, the score"), el("strong", {}, signed(found.score))),
  ];
}

/** The words of a caption as buttons, for those who do not point. */
function wordButtons(caption: string, insight: Insight): HTMLElement {
  const whole = insight.button("The whole caption", { text: caption, words: [] });
  const each = wordsOf(caption).filter(({ isWord }) => isWord);
  const chips = each.map(({ text }) => insight.button(text, { text: caption, words: [text] }));
  const items = [whole, ...chips].map((chip) => el("li", {}, chip));
  return el("ul", { className: "concept-chips", ariaLabel: "Words to look for in the image" }, ...items);
}

/** The contributions that are shown, the last of them all others together: they sum to the score. */
export function rowsOf({ concepts, rest }: Why): { id: number | null; words: string; contribution: number; detail: string }[] {
  const shown = concepts.slice(0, SHOWN).map((concept) => ({
    id: concept.id,
    words: conceptWords(concept),
    contribution: concept.contribution,
    detail: `weight ${concept.place.toFixed(DECIMALS)} here, ${concept.entry.toFixed(DECIMALS)} there`,
  }));
  const others = concepts.slice(SHOWN).reduce((sum, { contribution }) => sum + contribution, rest);
  return [...shown, { id: null, words: "All other concepts", contribution: others, detail: "" }];
}

function whyWords({ shared, entry }: Why): string {
  const kind = entry.kind === "caption" ? "caption" : "recording";
  return `${shared === 1 ? "1 concept weighs" : `${shared} concepts weigh`} in both the place and the ${kind}.`;
}

/** A share of a score with three decimals and a true minus sign. */
export function signed(value: number): string {
  const text = Math.abs(value).toFixed(DECIMALS);
  return value < 0 && Number(text) !== 0 ? `\u2212${text}` : text;
}
