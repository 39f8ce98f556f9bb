/** What explains a card: words and concepts whose patches glow on the map and on the chip when they are pointed at. */

import { el } from "../kit/dom";
import { sentence, wordsOf } from "../kit/format";
import { Newest } from "../kit/newest";
import type { AttentionOverlay } from "../map/attention";
import type { Soundscape } from "../server/api";
import { type Attention, attention, conceptWords, type Sought } from "../server/explain";
import { type Problem, problemOf } from "../server/problem";
import type { Question } from "../server/question";

/** What the explanations need of the page. */
export interface InsightEvents {
  /** The place on the card, and how it was listened to; null: there is none. */
  question(): Question | null;
  /** The person wants to know more of a concept. */
  onConcept(id: number): void;
  /** Something is to go on glowing. */
  onPin(): void;
}

const PAUSE = 90; // milliseconds a pointer has to rest on a word
const KEPT = 100; // answers

/** Lets patches glow: while something is pointed at, or until it is pressed again. */
export class Insight {
  readonly #overlay: AttentionOverlay;
  /** What is asked of the page, also by those who explain with this. */
  readonly events: InsightEvents;
  readonly #newest = new Newest();
  readonly #kept = new Map<string, Attention>();
  readonly #words = el("p", { className: "glow-words", role: "status" });
  #waiting: ReturnType<typeof setTimeout> | null = null;
  #pinned: { element: HTMLElement; sought: Sought } | null = null;

  constructor(overlay: AttentionOverlay, events: InsightEvents) {
    this.#overlay = overlay;
    this.events = events;
  }

  /** A line that says what glows, or why nothing does. */
  get status(): HTMLElement {
    return this.#words;
  }

  /** A text whose words glow when they are pointed at, and stay so when they are pressed. */
  text(caption: string): HTMLElement {
    const parts = wordsOf(sentence(caption)).map(({ text, isWord }) => {
      if (!isWord) return text;
      const word = el("span", { className: "word" }, text);
      this.#point(word, { text: caption, words: [text] });
      return word;
    });
    return el("span", { className: "glowing-text" }, ...parts);
  }

  /** A button that lets a whole caption, one of its words or a concept glow. */
  button(words: string, sought: Sought): HTMLButtonElement {
    const made = el("button", { type: "button", className: "chip-button", ariaPressed: "false" }, words);
    this.#point(made, sought);
    return made;
  }

  /** The concepts of a place, heaviest first. */
  concepts({ concepts }: Soundscape): HTMLElement | null {
    if (concepts.length === 0) return null;
    const items = concepts.map((concept) => {
      const chip = this.button(`${conceptWords(concept)} ${Math.round(100 * concept.weight)}%`, { concept: concept.id });
      return el("li", {}, chip);
    });
    return el(
      "section",
      {},
      el("h3", {}, "Concepts it is made of"),
      el("ul", { className: "concept-chips" }, ...items),
      this.#words,
    );
  }

  /** Lets nothing glow, and forgets what was pressed: another place is on the card. */
  reset(): void {
    this.#kept.clear();
    this.#unpin();
    this.#dim();
    this.#words.textContent = "";
  }

  #point(element: HTMLElement, sought: Sought): void {
    element.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && this.#soon(sought));
    element.addEventListener("pointerleave", () => this.#rest());
    element.addEventListener("focus", () => element.matches(":focus-visible") && this.#soon(sought));
    element.addEventListener("blur", () => this.#rest());
    element.addEventListener("click", () => this.#toggle(element, sought));
  }

  #soon(sought: Sought): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = setTimeout(() => void this.#glow(sought), PAUSE);
  }

  /** Back to what was pressed, or to nothing. */
  #rest(): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    if (this.#pinned) void this.#glow(this.#pinned.sought);
    else this.#dim();
  }

  #toggle(element: HTMLElement, sought: Sought): void {
    const wasPinned = this.#pinned?.element === element;
    this.#unpin();
    if (wasPinned) return this.#dim();
    this.#pinned = { element, sought };
    element.classList.add("glows");
    if (element instanceof HTMLButtonElement) element.ariaPressed = "true";
    this.events.onPin();
    void this.#glow(sought);
  }

  #unpin(): void {
    this.#pinned?.element.classList.remove("glows");
    if (this.#pinned?.element instanceof HTMLButtonElement) this.#pinned.element.ariaPressed = "false";
    this.#pinned = null;
  }

  async #glow(sought: Sought): Promise<void> {
    const place = this.events.question();
    if (!place) return;
    const key = JSON.stringify([place, sought]);
    try {
      const known = this.#kept.get(key);
      const found = known ?? (await this.#newest.run((signal) => attention(place, sought, signal)));
      if (known) this.#newest.cancel();
      if (!found) return;
      if (this.#kept.size >= KEPT) this.#kept.clear();
      this.#kept.set(key, found);
      this.#overlay.show(found.png, found.bounds);
      chipGlow(found.png);
      this.#words.textContent = "";
    } catch (error) {
      this.#dim();
      this.#tell(problemOf(error));
    }
  }

  #tell({ title, detail }: Problem): void {
    this.#words.textContent = `${title}. ${detail}`;
  }

  #dim(): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#newest.cancel();
    this.#overlay.hide();
    chipGlow(null);
  }
}

/** Lays the overlay over the chip on the card as well, which is seen at any zoom of the map; null: takes it away. */
function chipGlow(url: string | null): void {
  const chip = document.querySelector<HTMLElement>("#card .chip");
  const before = chip?.querySelector(".chip-glow");
  if (url === null || !chip) return before?.remove();
  const glow = el("img", { className: "chip-glow", src: url, alt: "" });
  if (before) before.replaceWith(glow);
  else chip.append(glow);
}
