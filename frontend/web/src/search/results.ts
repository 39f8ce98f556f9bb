/** The ranked places of a search: a list that mirrors the areas on the map and works without a pointer. */

import { byId, el } from "../kit/dom";
import { formatArea, formatPercentile, formatPoint } from "../kit/format";
import { queryWords } from "../server/query";
import type { Match, SearchAnswer } from "../server/search";

/** What the list asks of the page. */
export interface ResultEvents {
  /** The person chose a place to fly to and to hear. */
  onChoose(match: Match): void;
  /** The person looks at a place in the list; null: at none any more. */
  onPoint(rank: number | null): void;
  /** The person wants the whole list back. */
  onBack(): void;
}

/** Shows the places of one answer: as a list, or as a bar above the card of a place. */
export class Results {
  readonly #element = byId("results", HTMLElement);
  readonly #events: ResultEvents;
  readonly #list = el("section", { className: "results-list" });
  readonly #bar = el("nav", { className: "results-bar", ariaLabel: "Places found", hidden: true });
  readonly #all = el("button", { type: "button", className: "button" });
  readonly #position = el("span");
  readonly #before = step("The place before, and its sound", "\u2039", () => this.#step(-1));
  readonly #next = step("The next place, and its sound", "\u203a", () => this.#step(1));
  #matches: Match[] = [];
  #chosen: number | null = null;

  constructor(events: ResultEvents) {
    this.#events = events;
    this.#all.addEventListener("click", () => this.#back());
    this.#bar.append(this.#all, this.#position, this.#before, this.#next);
    this.#element.append(this.#bar, this.#list);
  }

  /** Shows an answer in place of the one before; what has the focus keeps it. Returns its title. */
  show(answer: SearchAnswer, region: string, asList: boolean): string {
    const focused = this.#focusedRank();
    if (asList) this.#chosen = null;
    this.#matches = answer.features.map(({ properties }) => properties);
    const words = title(answer, region);
    const rows = this.#matches.map((match) => this.#row(match));
    this.#list.replaceChildren(
      el("h2", { id: "results-title" }, words),
      ...notes(answer),
      el("ol", { className: "results-rows" }, ...rows),
    );
    if (asList || this.#element.hidden) this.#toggle(asList);
    this.#element.hidden = false;
    this.#showBar();
    if (focused !== null) this.#rowButton(focused)?.focus();
    return words;
  }

  /** Takes the room back from the card of a place. */
  showList(): void {
    this.mark(null);
    this.#toggle(true);
  }

  /** Gives the room to the card of a place; the list is one press away. */
  makeRoom(): void {
    if (this.#element.hidden) return;
    this.#toggle(false);
  }

  /** Marks a place as the one that is heard; null: a place that is not of the list. */
  mark(rank: number | null): void {
    this.#chosen = rank;
    this.#events.onPoint(rank);
    this.#showBar();
  }

  /** The place of this rank. */
  find(rank: number): Match | undefined {
    return this.#matches.find((match) => match.rank === rank);
  }

  /** Takes the places away. */
  hide(): void {
    this.#element.hidden = true;
    this.#matches = [];
    this.#chosen = null;
  }

  #row(match: Match): HTMLElement {
    const button = el(
      "button",
      { type: "button", className: "result" },
      el("span", { className: "result-rank", ariaHidden: "true" }, String(match.rank)),
      el(
        "span",
        { className: "result-words" },
        el("strong", {}, formatPoint(match.best.lat, match.best.lon, 3)),
        el("small", {}, `${formatArea(match.area_km2)} · percentile ${formatPercentile(match.percentile)}`),
      ),
      el("span", { className: "result-play", ariaHidden: "true" }),
    );
    button.title = "Fly there and listen";
    button.dataset["rank"] = String(match.rank);
    button.addEventListener("click", () => this.#events.onChoose(match));
    for (const enter of ["pointerenter", "focus"]) button.addEventListener(enter, () => this.#events.onPoint(match.rank));
    for (const leave of ["pointerleave", "blur"]) button.addEventListener(leave, () => this.#events.onPoint(this.#chosen));
    return el("li", {}, button);
  }

  #toggle(isShown: boolean): void {
    this.#list.hidden = !isShown;
    this.#bar.hidden = isShown;
  }

  #showBar(): void {
    const count = this.#matches.length;
    const at = this.#place;
    this.#all.textContent = count === 1 ? "The place found" : `All ${count} places`;
    this.#position.textContent = at < 0 ? "" : `${at + 1} of ${count}`;
    this.#before.disabled = at <= 0;
    this.#next.disabled = at >= count - 1;
  }

  /** Where the place that is heard stands in the list; -1: nowhere. */
  get #place(): number {
    return this.#matches.findIndex(({ rank }) => rank === this.#chosen);
  }

  #step(by: -1 | 1): void {
    const match = this.#matches[this.#place + by];
    if (match) this.#events.onChoose(match);
  }

  #back(): void {
    const rank = this.#chosen ?? 1;
    this.showList();
    this.#events.onBack();
    (this.#rowButton(rank) ?? this.#rowButton(1))?.focus();
  }

  #focusedRank(): number | null {
    const { activeElement } = document;
    const isMine = activeElement instanceof HTMLElement && this.#list.contains(activeElement);
    return isMine ? Number(activeElement.dataset["rank"]) : null;
  }

  #rowButton(rank: number): HTMLButtonElement | null {
    return this.#list.querySelector<HTMLButtonElement>(`button[data-rank="${rank}"]`);
  }
}

/** What was found, in one sentence. */
export function title({ features, found, query }: SearchAnswer, region: string): string {
  const sought = queryWords({ ...query, id: query.recording ? query.id : null });
  if (features.length === 0) return `No place in ${region} clearly sounds like ${sought}.`;
  if (found > features.length) return `The best ${features.length} of ${found} places that sound like ${sought}`;
  return `${found === 1 ? "1 place sounds" : `${found} places sound`} like ${sought}`;
}

function step(label: string, sign: string, go: () => void): HTMLButtonElement {
  const button = el("button", { type: "button", className: "button", ariaLabel: label }, sign);
  button.addEventListener("click", go);
  return button;
}

function notes({ notes: words }: SearchAnswer): HTMLElement[] {
  return words.length === 0 ? [] : [el("ul", { className: "notes" }, ...words.map((note) => el("li", {}, note)))];
}
