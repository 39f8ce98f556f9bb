/** The card of a place: its image, what it sounds like, and the sound. */

import { byId, el } from "../kit/dom";
import { confidenceWords, formatLength, formatPoint, formatScore, scoreShare, sentence } from "../kit/format";
import type { RecordingMatch, Soundscape } from "../server/api";
import type { CaptionRoute, When } from "../server/question";
import type { Engine } from "../server/sounds";
import { Ladder } from "../sound/ladder";
import { captionChoice, type Captioner } from "./caption-choice";
import type { Insight } from "./insight";
import { whyPart } from "./why";

/** What the card asks of the page. */
export interface CardEvents {
  /** The person chose another scale for the same place. */
  onScale(scale: number): void;
  /** The person chose how the caption of the same place comes about. */
  onCaption(caption: CaptionRoute): void;
  /** The person wants to see the footprint on the map. */
  onShowFootprint(): void;
}

/** Metres that the chip spans at a scale; null when the sources do not say. */
export type Span = (scale: number) => number | null;

/** What the card has to know beside a soundscape. */
export interface Around {
  /** The time it was heard at. */
  when: When;
  /** How the caption is wanted, and what would write it; null: nothing here does. */
  caption: CaptionRoute;
  captioner: Captioner | null;
  scales: number[];
  span: Span;
  engines: Engine[];
}

/** Shows one soundscape at a time in its element. */
export class Card {
  readonly #element: HTMLElement;
  readonly #events: CardEvents;
  readonly #ladder = new Ladder(() => this.#showButtons());
  readonly #insight: Insight;
  readonly #when = byId("when", HTMLFieldSetElement);
  #buttons = new Map<string, HTMLButtonElement>();

  constructor(element: HTMLElement, insight: Insight, events: CardEvents) {
    this.#element = element;
    this.#insight = insight;
    this.#events = events;
  }

  /** Shows a soundscape in place of the one before, whose sound stops, or goes on as this one's at the same place. */
  show(soundscape: Soundscape, { when, caption, captioner, scales, span, engines }: Around): void {
    this.#buttons = new Map();
    this.#insight.reset();
    const chosen = this.#choiceWithFocus;
    this.#element.replaceChildren(
      this.#place(soundscape, scales, span),
      headline(soundscape),
      captioner ? captionChoice(soundscape, caption, captioner, this.#events.onCaption) : "",
      this.#ladder.element,
      this.#when,
      noteList(soundscape),
      captionList(soundscape, this.#insight),
      ...this.#recordingList(soundscape.recordings),
      this.#insight.concepts(soundscape) ?? "",
      footer(soundscape),
    );
    if (chosen !== null) this.#element.querySelector<HTMLElement>(`[name="${chosen}"]:is(select, :checked)`)?.focus();
    this.#ladder.show(soundscape, when, engines);
    this.#element.hidden = false;
  }

  /** Shows the engines as they are known now. */
  offerEngines(engines: Engine[]): void {
    this.#ladder.offer(engines);
  }

  /** Plays the sound of the place. */
  play(): void {
    this.#ladder.play();
  }

  /** Says of the caption that is to be written how that comes on. */
  tellOfCaption(words: string): void {
    const status = this.#element.querySelector(".caption-choice small");
    if (status) status.textContent = words;
  }

  /** Takes the card away and stops its sound. */
  hide(): void {
    this.#ladder.stop();
    this.#insight.reset();
    this.#element.before(this.#when); // the tools listen at it, too
    this.#element.hidden = true;
  }

  /** The name of the choice that the person is at; null: none whose answer takes the card's place. */
  get #choiceWithFocus(): string | null {
    const { activeElement } = document;
    const name = this.#element.contains(activeElement) ? activeElement?.getAttribute("name") : null;
    return name && ["scale", "caption", "month", "hour"].includes(name) ? name : null;
  }

  #place(soundscape: Soundscape, scales: number[], span: Span): HTMLElement {
    const { imagery, point, scale } = soundscape;
    const width = span(scale);
    const across = width === null ? "" : `, ${formatLength(width)} across`;
    const image = el("img", { src: imagery.url, alt: `The place from above${across}`, width: 256, height: 256 });
    const button = el("button", { className: "chip", type: "button", title: "Show the footprint on the map" }, image);
    button.addEventListener("click", () => this.#events.onShowFootprint());
    return el(
      "div",
      { className: "place" },
      button,
      el(
        "div",
        { className: "place-facts" },
        el("p", { className: "coordinates" }, formatPoint(point.lat, point.lon)),
        this.#scaleSwitch(scales, scale, span),
      ),
    );
  }

  #scaleSwitch(scales: number[], chosen: number, span: Span): HTMLElement {
    const options = scales.map((scale) => {
      const width = span(scale);
      const input = el("input", { type: "radio", name: "scale", value: String(scale), checked: scale === chosen });
      input.addEventListener("change", () => this.#events.onScale(scale));
      return el("label", {}, input, el("span", {}, width === null ? `× ${scale}` : formatLength(width)));
    });
    return el("fieldset", { className: "switch scales" }, el("legend", {}, "Listen to an area of"), el("div", {}, ...options));
  }

  #recordingList(recordings: RecordingMatch[]): HTMLElement[] {
    if (recordings.length === 0) return [];
    const items = recordings.map((recording) => {
      const button = el("button", { className: "play", type: "button" });
      button.addEventListener("click", () => this.#ladder.toggle(recording));
      button.dataset["title"] = recording.title;
      this.#buttons.set(recording.url, button);
      const by = `${recording.author} · ${recording.licence} · ${Math.round(recording.seconds)} s`;
      const words = el("div", { className: "words" }, sentence(recording.title), el("small", {}, by));
      return el("li", {}, button, words, ...score(recording.score), whyPart(recording.id, null, this.#insight));
    });
    return [section("Recordings that come close", el("ol", { className: "matches recordings" }, ...items))];
  }

  #showButtons(): void {
    for (const [url, button] of this.#buttons) {
      const state = this.#ladder.stateOf(url);
      const isBusy = state === "playing" || state === "rendering";
      button.dataset["state"] = isBusy ? state : "idle";
      button.setAttribute("aria-label", `${isBusy ? "Pause" : "Play"}: ${button.dataset["title"] ?? ""}`);
    }
  }
}

function headline({ captions, confidence, route }: Soundscape): HTMLElement {
  const unknown = route === "generation" ? "Written for this image" : "Confidence unknown";
  const words = confidence === null ? unknown : `${confidenceWords(confidence)} · ${formatScore(confidence)}`;
  return el(
    "header",
    { className: "headline" },
    el("h2", { id: "card-title" }, sentence(captions[0]?.text ?? "No caption comes close")),
    el("p", { className: "confidence" }, words, confidence === null ? null : bar(confidence)),
  );
}

function captionList({ captions, route }: Soundscape, insight: Insight): HTMLElement {
  const items = captions.map(({ id, text, score: value }) => {
    const why = route === "generation" ? "" : whyPart(id, text, insight); // what was written is in no gallery
    return el("li", {}, el("div", { className: "words" }, insight.text(text)), ...score(value), why);
  });
  return section("What it may sound like", el("ol", { className: "matches" }, ...items));
}

function score(value: number): HTMLElement[] {
  return [el("span", { className: "score" }, formatScore(value)), bar(value)];
}

/** A bar that repeats a number beside it for the eye alone. */
function bar(value: number): HTMLElement {
  const element = el("span", { className: "bar", ariaHidden: "true" });
  element.style.setProperty("--share", String(scoreShare(value)));
  return element;
}

/** What the server has to say of its answer. */
function noteList({ notes }: Soundscape): HTMLElement | string {
  return notes.length === 0 ? "" : el("ul", { className: "notes" }, ...notes.map((note) => el("li", {}, sentence(note))));
}

function footer({ model, imagery }: Soundscape): HTMLElement {
  const share = el("button", { className: "button", type: "button" }, "Copy a link to this");
  share.addEventListener("click", () => void copyAddress(share));
  return el(
    "footer",
    {},
    el("p", { className: "model" }, `Heard by the checkpoint “${model.checkpoint}” (${model.hash}).`),
    el("p", { className: "model" }, `Imagery: ${imagery.attribution}.`.replace(/\.\.$/, ".")),
    share,
  );
}

async function copyAddress(button: HTMLButtonElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = "Link copied";
  } catch {
    button.textContent = "Copy it from the address bar";
  }
}

/** What came close, each with a number that says how close. */
function section(title: string, list: HTMLElement): HTMLElement {
  const heading = el("h3", { className: "matches-title" }, title, " ", el("span", {}, "how well it fits"));
  return el("section", {}, heading, list);
}
