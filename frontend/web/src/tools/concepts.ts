/** The tool that explores what the model listens for: its concepts, what weighs each of them most, and where it is. */

import { Attempt } from "../kit/attempt";
import { button, el } from "../kit/dom";
import { formatPercentile, formatPoint, sentence } from "../kit/format";
import type { ToolWork } from "../kit/permalink";
import { concept, type ConceptDetail, type ConceptName, concepts, conceptWords } from "../server/explain";
import type { OwnBench, Tool } from "./bench";

const PAGE = 1000; // concepts asked for at once
const SHOWN = 60; // of a list
const LOOK_PAUSE = 2000; // milliseconds between two looks at what is being weighed

/** The tool of concepts. */
export class Concepts implements Tool {
  readonly title = "Concepts";
  readonly element = el("div", { className: "concepts" });
  readonly #bench: OwnBench;
  readonly #attempt = new Attempt();
  readonly #filter = el("input", { type: "search", id: "concept-filter", placeholder: "surf, birds, engine\u2026" });
  readonly #list = el("ul", { className: "concept-chips" });
  readonly #count = el("p", { className: "tool-facts", role: "status" });
  readonly #body = el("div", { className: "concept" });
  readonly #audio = el("audio", { preload: "none" });
  #all: ConceptName[] | null = null;
  #chosen: number | null = null;

  constructor(bench: OwnBench) {
    this.#bench = bench;
    this.#filter.addEventListener("input", () => this.#showList());
    const label = el("label", { htmlFor: "concept-filter", className: "visually-hidden" }, "Look for a concept by name");
    this.element.append(label, this.#filter, this.#count, this.#attempt.element, this.#list, this.#body, this.#audio);
  }

  open({ concept: id }: ToolWork): void {
    if (id === null) void this.#openList();
    else void this.#openConcept(id);
  }

  close(): void {
    this.#attempt.cancel();
    this.#audio.pause();
    this.#chosen = null;
  }

  refresh(): void {
    // Concepts are the same at every place.
  }

  async #openList(): Promise<void> {
    this.#chosen = null;
    this.#showBody(null);
    this.#all ??= await this.#attempt.run((signal) => allConcepts(signal), () => void this.#openList());
    this.#showList();
  }

  async #openConcept(id: number): Promise<void> {
    this.#chosen = id;
    const found = await this.#attempt.run((signal) => concept(id, signal), () => void this.#openConcept(id));
    if (this.#chosen !== id) return;
    this.#showBody(found, found === null);
    if (found && found.weighed.done < found.weighed.total) setTimeout(() => void this.#lookAgain(id), LOOK_PAUSE);
  }

  /** Looks at a concept again whose captions and recordings are still being weighed. */
  async #lookAgain(id: number): Promise<void> {
    const found = this.#chosen === id ? await concept(id).catch(() => null) : null;
    if (!found || this.#chosen !== id) return;
    const isGrown = found.weighed.done >= found.weighed.total;
    if (isGrown) this.#showBody(found);
    else setTimeout(() => void this.#lookAgain(id), LOOK_PAUSE);
  }

  #choose(id: number): void {
    void this.#openConcept(id);
    this.#bench.tell({ points: [], concept: id });
  }

  #showList(): void {
    const sought = this.#filter.value.trim().toLowerCase();
    const fits = (this.#all ?? []).filter(({ id, name }) =>
      sought === "" ? name !== null : String(id) === sought || (name ?? "").toLowerCase().includes(sought),
    );
    const words = fits.length > SHOWN ? `The first ${SHOWN} of ${fits.length} concepts` : `${fits.length} concepts`;
    this.#count.textContent = this.#all === null ? "" : words;
    const chips = fits.slice(0, SHOWN).map((each) => button(conceptWords(each), () => this.#choose(each.id), "chip-button"));
    this.#list.replaceChildren(...chips.map((chip) => el("li", {}, chip)));
  }

  /** Shows one concept in place of the list; null: the list. `isLost`: neither, but the way back. */
  #showBody(found: ConceptDetail | null, isLost = false): void {
    const isList = found === null && !isLost;
    this.#filter.hidden = this.#count.hidden = this.#list.hidden = !isList;
    const back = button("All concepts", () => {
      void this.#openList();
      this.#bench.tell({ points: [], concept: null });
    }, "link");
    this.#body.replaceChildren(...(isList ? [] : [back]), ...(found ? this.#detail(found) : []));
    if (found && !this.element.contains(document.activeElement)) back.focus({ preventScroll: true });
  }

  #detail(found: ConceptDetail): HTMLElement[] {
    const { captions, recordings, cells, notes } = found;
    const seek = button("Light up the map with it", () => {
      this.#bench.seek({ text: "", minus: "", id: null, region: null, concept: found.id });
    }, "button button-strong");
    const recordingRows = recordings.map(({ title, url, weight }) => {
      const play = button("", () => this.#play(url), "play");
      play.ariaLabel = `Play: ${title}`;
      return el("li", {}, play, sentence(title), ...weighed(weight));
    });
    const cellRows = cells.map((cell) => {
      const words = `${formatPoint(cell.lat, cell.lon, 3)} \u00b7 percentile ${formatPercentile(cell.percentile)}`;
      return el("li", {}, button(words, () => this.#bench.visit(cell), "link"));
    });
    return [
      el("h3", { className: "concept-name" }, conceptWords(found)),
      ...notes.map((note) => el("p", { className: "tool-facts" }, note)),
      ...(found.heatmap === null ? [] : [seek]),
      ...listed("Places that have most of it", "concept-cells", cellRows),
      ...listed("Captions that weigh it most", "concept-rows", captions.map(({ text, weight }) => el("li", {}, sentence(text), ...weighed(weight)))),
      ...listed("Recordings that weigh it most", "concept-rows", recordingRows),
    ];
  }

  #play(url: string): void {
    if (this.#audio.src.endsWith(url) && !this.#audio.paused) return this.#audio.pause();
    this.#audio.src = url;
    void this.#audio.play().catch(() => undefined); // called off by the next press
  }
}

/** The whole codebook. Throws Problem. */
async function allConcepts(signal: AbortSignal): Promise<ConceptName[]> {
  const all: ConceptName[] = [];
  for (;;) {
    const page = await concepts(all.length, PAGE, signal);
    all.push(...page.concepts);
    if (all.length >= page.total || page.concepts.length === 0) return all;
  }
}

function weighed(weight: number): HTMLElement[] {
  return [el("span", { className: "score" }, weight.toFixed(2))];
}

function listed(title: string, className: string, rows: HTMLElement[]): HTMLElement[] {
  return rows.length === 0 ? [] : [el("h3", {}, title), el("ol", { className }, ...rows)];
}
