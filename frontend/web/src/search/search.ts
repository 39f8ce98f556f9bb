/** The search that runs backwards: a sound in, the places that sound like it out, on the map and in a list. */

import { Newest } from "../kit/newest";
import type { Notice } from "../kit/notice";
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
  /** Something else is searched for now, or nothing. */
  onQuery(): void;
  /** An answer takes the place of the card. */
  onAnswer(): void;
  /** The answer's list and glow are on the page; the map may show the region they are about. */
  onShown(bounds: Bounds): void;
  /** The list takes the room of the card. */
  onBack(): void;
}

/** Keeps form, list, legend and glow in step with one query. */
export class Search {
  query: Query | null = null;
  readonly #overlay: Overlay;
  readonly #notice: Notice;
  readonly #events: SearchEvents;
  readonly #newest = new Newest();
  readonly #regions = new Regions(() => void this.#lookAtRegions());
  readonly #legend: LegendCard;
  readonly #results: Results;
  readonly #form: SearchForm;
  #answer: SearchAnswer | null = null;
  #heard: { lat: number; lon: number } | null = null;
  #seen = ""; // hash of the region that the answer was drawn from

  constructor(overlay: Overlay, notice: Notice, events: SearchEvents) {
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
      onSearch: (query, recording) => void this.#ask(query, recording),
      onClear: () => this.#clear(),
    });
  }

  /** Begins to look at the regions and how they grow. */
  watch(): void {
    void this.#regions.watch();
  }

  /** Searches for what an address names, unless that is what is shown already; `asList`: no card has the room. */
  async follow(query: Query | null, asList: boolean): Promise<void> {
    if (query === null) return this.query ? this.#forget() : undefined;
    if (sameQuery(query, this.query)) return asList ? this.#results.showList() : undefined;
    this.query = query; // what the address names it goes on to name, whatever the map does meanwhile
    await this.#run(query, null, asList);
  }

  /** Searches for a sound that something else on the page names. */
  seek(query: Query): void {
    void this.#ask(query, null);
  }

  /** Chooses the place of this rank, as a press on its row does. */
  choose(rank: number): void {
    const match = this.#results.find(rank);
    if (match) this.#choose(match);
  }

  /** Shows all of the region that was searched, as far as the page's view is free. */
  showRegion(): void {
    const region = this.#regions.find(this.#answer?.region ?? null);
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
    this.#events.onChoose(match, this.#regions.find(this.#answer?.region ?? null));
  }

  async #ask(query: Query, recording: Blob | null): Promise<void> {
    if (await this.#run(query, recording, true)) this.#events.onQuery();
  }

  /** Asks and shows; whether the answer came and is still wanted. */
  async #run(query: Query, recording: Blob | null, asList: boolean): Promise<boolean> {
    this.#form.setBusy(true);
    this.#notice.say(`Looking for ${queryWords(query)}`);
    try {
      const answer = await this.#newest.run((signal) =>
        recording ? searchRecording(recording, query, signal) : search(query, signal),
      );
      if (!answer) return false;
      const { id, text, minus, recording: isKept } = answer.query;
      this.query = { ...query, text, minus, id: isKept ? id : null };
      this.#form.fill(this.query);
      this.#notice.say(await this.#show(answer, asList));
      if (asList) this.showRegion();
      return true;
    } catch (error) {
      this.#form.setBusy(false);
      if (recording) this.#form.forgetRecording();
      this.#notice.tell(problemOf(error), () => void this.#ask(query, recording));
      return false;
    }
  }

  /** Shows an answer; the words for what was found. */
  async #show(answer: SearchAnswer, asList: boolean): Promise<string> {
    const region = this.#regions.find(answer.region);
    this.#answer = answer;
    this.#seen = region?.hash ?? "";
    const title = this.#results.show(answer, region?.title ?? answer.region, asList);
    this.#overlay.showAreas(answer.features, region && middleOf(region.bounds));
    if (asList) {
      this.#heard = null;
      this.#events.onAnswer();
    }
    this.#markHeard();
    const found = await this.#newest.run((signal) => glow(answer, signal));
    if (found && this.query) {
      this.#form.setBusy(false);
      this.#overlay.showGlow(found.tiles, region?.zoom ?? found.tiles.maxzoom);
      this.#legend.show(found.legend, this.query);
    }
    return title;
  }

  /** Marks the place that is heard, whose rank changes as its region grows. */
  #markHeard(): void {
    const heard = this.#heard;
    const match = heard && this.#answer?.features.find(({ properties: { best } }) => isNear(best, heard));
    this.#results.mark(match?.properties.rank ?? null);
  }

  /** Asks again, quietly, when the region of the answer has grown since. */
  async #lookAtRegions(): Promise<void> {
    this.#form.offerRegions(this.#regions.all, this.query?.region ?? null);
    const region = this.#regions.find(this.#answer?.region ?? null);
    if (!this.query || !region || region.hash === this.#seen || this.#newest.isBusy) return;
    const { query } = this;
    try {
      const answer = await this.#newest.run((signal) => search(query, signal));
      if (answer) await this.#show(answer, false);
    } catch {
      // What is shown stays as it is; the next look at the region asks once more.
    }
  }

  #clear(): void {
    this.#forget();
    this.#events.onQuery();
  }

  #forget(): void {
    this.#newest.cancel();
    this.query = null;
    this.#answer = null;
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
