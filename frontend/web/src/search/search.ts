/** The search that runs backwards: a sound in, the places that sound like it out, on the map and in a list. */

import { Newest } from "../kit/newest";
import type { Notice } from "../kit/notice";
import { batch, type Signal } from "../kit/signal";
import type { Overlay } from "../map/overlay";
import type { Bounds } from "../server/geo";
import { problemOf } from "../server/problem";
import { type Query, queryWords, sameQuery } from "../server/query";
import { glow, type Match, type Region, search, type SearchAnswer, searchRecording } from "../server/search";
import { SearchForm } from "./form";
import { LegendCard } from "./legend";
import { Regions } from "./regions";
import { Results } from "./results";

/** What a search asks of the page. */
export interface SearchEvents {
  /** A place of the list is to be flown to and heard. */
  onChoose(match: Match, region: Region | undefined): void;
  /** An answer takes the place of the card. */
  onAnswer(): void;
  /** The answer's list and glow are on the page; the map may show the region they are about. */
  onShown(bounds: Bounds): void;
  /** The list takes the room of the card. */
  onBack(): void;
}

/** What is searched for and what was found, for all who follow it; null: nothing. */
export interface SearchSignals {
  query: Signal<Query | null>;
  found: Signal<SearchAnswer | null>;
}

/** Keeps form, list, legend and glow in step with one query. */
export class Search {
  readonly #query: Signal<Query | null>;
  readonly #found: Signal<SearchAnswer | null>;
  readonly #overlay: Overlay;
  readonly #notice: Notice;
  readonly #events: SearchEvents;
  readonly #newest = new Newest();
  readonly #regions = new Regions(() => void this.#lookAtRegions());
  readonly #legend: LegendCard;
  readonly #results: Results;
  readonly #form: SearchForm;
  #heard: { lat: number; lon: number } | null = null;
  #seen = ""; // hash of the region that the answer was drawn from

  constructor(overlay: Overlay, notice: Notice, { query, found }: SearchSignals, events: SearchEvents) {
    this.#query = query;
    this.#found = found;
    this.#overlay = overlay;
    this.#notice = notice;
    this.#events = events;
    this.#legend = new LegendCard({ onOpacity: (opacity) => overlay.setOpacity(opacity) });
    this.#results = new Results({
      onChoose: (match) => this.#choose(match),
      onPoint: (rank) => overlay.point(rank),
      onBack: () => {
        this.#heard = null;
        events.onBack();
      },
    });
    this.#form = new SearchForm({
      onSearch: (query, recording) => void this.#run(query, recording, true),
      onClear: () => this.#forget(),
    });
  }

  /** Begins to look at the regions and how they grow. */
  watch(): void {
    void this.#regions.watch();
  }

  /** Searches for what an address names, unless that is what is shown already; `asList`: no card has the room. */
  async follow(query: Query | null, asList: boolean): Promise<void> {
    if (query === null) return this.#query.value ? this.#forget() : undefined;
    if (sameQuery(query, this.#query.value)) return asList ? this.#results.showList() : undefined;
    this.#query.value = query; // what the address names it goes on to name, whatever the map does meanwhile
    await this.#run(query, null, asList);
  }

  /** Searches for a sound that something else on the page names. */
  seek(query: Query): void {
    void this.#run(query, null, true);
  }

  /** Chooses the place of this rank, as a press on its row does. */
  choose(rank: number): void {
    const match = this.#results.find(rank);
    if (match) this.#choose(match);
  }

  /** Shows all of the region that was searched, as far as the page's view is free. */
  showRegion(): void {
    const region = this.#regions.find(this.#found.value?.region ?? null);
    if (region) this.#events.onShown(region.bounds);
  }

  /** Gives the room of the list to the card of a place, which is none of the list's when it was chosen on the map. */
  makeRoom(place: { lat: number; lon: number }): void {
    this.#heard = place;
    this.#markHeard();
    this.#results.makeRoom();
  }

  #choose(match: Match): void {
    this.#results.mark(match.rank);
    this.#events.onChoose(match, this.#regions.find(this.#found.value?.region ?? null));
  }

  /** Asks and shows. */
  async #run(query: Query, recording: Blob | null, asList: boolean): Promise<void> {
    this.#form.setBusy(true);
    this.#notice.say(`Looking for ${queryWords(query)}`);
    try {
      const answer = await this.#newest.run((signal) =>
        recording ? searchRecording(recording, query, signal) : search(query, signal),
      );
      if (!answer) return;
      const { id, text, minus, recording: isKept } = answer.query;
      const asked = { ...query, text, minus, id: isKept ? id : null };
      const title = batch(() => {
        this.#query.value = asked;
        this.#form.fill(asked);
        return this.#show(answer, asList);
      });
      await this.#lightUp(answer, asked);
      this.#notice.say(title);
      if (asList) this.showRegion();
    } catch (error) {
      this.#form.setBusy(false);
      if (recording) this.#form.forgetRecording();
      this.#notice.tell(problemOf(error), () => void this.#run(query, recording, true));
    }
  }

  /** Shows an answer; the words for what was found. */
  #show(answer: SearchAnswer, asList: boolean): string {
    const region = this.#regions.find(answer.region);
    this.#found.value = answer;
    this.#seen = region?.hash ?? "";
    const title = this.#results.show(answer, region?.title ?? answer.region, asList);
    this.#overlay.showAreas(answer.features, region && middleOf(region.bounds));
    if (asList) {
      this.#heard = null;
      this.#events.onAnswer();
    }
    this.#markHeard();
    return title;
  }

  /** Lets the answer to a query glow on the map. Throws Problem. */
  async #lightUp(answer: SearchAnswer, query: Query): Promise<void> {
    const found = await this.#newest.run((signal) => glow(answer, signal));
    if (!found) return;
    this.#form.setBusy(false);
    this.#overlay.showGlow(found.tiles, this.#regions.find(answer.region)?.zoom ?? found.tiles.maxzoom);
    this.#legend.show(found.legend, query);
  }

  /** Marks the place that is heard, whose rank changes as its region grows. */
  #markHeard(): void {
    const heard = this.#heard;
    const match = heard && this.#found.value?.features.find(({ properties: { best } }) => isNear(best, heard));
    this.#results.mark(match?.properties.rank ?? null);
  }

  /** Asks again, quietly, when the region of the answer has grown since. */
  async #lookAtRegions(): Promise<void> {
    this.#form.offerRegions(this.#regions.all, this.#query.value?.region ?? null);
    const region = this.#regions.find(this.#found.value?.region ?? null);
    const query = this.#query.value;
    if (!query || !region || region.hash === this.#seen || this.#newest.isBusy) return;
    try {
      const answer = await this.#newest.run((signal) => search(query, signal));
      if (!answer) return;
      this.#show(answer, false);
      await this.#lightUp(answer, query);
    } catch {
      // What is shown stays as it is; the next look at the region asks once more.
    }
  }

  #forget(): void {
    this.#newest.cancel();
    batch(() => (this.#query.value = this.#found.value = null));
    this.#form.fill(null);
    this.#form.setBusy(false);
    this.#results.hide();
    this.#legend.hide();
    this.#overlay.clear();
    this.#notice.clear();
  }
}

/** The longitude in the middle of a box; west lies beyond east when it crosses the dateline. */
function middleOf([west, , east]: Bounds): number {
  return (west + (east < west ? east + 360 : east)) / 2;
}

function isNear(one: { lat: number; lon: number }, other: { lat: number; lon: number }): boolean {
  return Math.abs(one.lat - other.lat) < 1e-4 && Math.abs(one.lon - other.lon) < 1e-4;
}
