/** The page: a click on the map becomes a question whose answer becomes the card, and a place found by a search does, too. */

import * as api from "./api";
import { Card } from "./card";
import { byId, el } from "./dom";
import { watchEngines } from "./engines";
import { watchFinder } from "./finder";
import { formatPoint } from "./format";
import { knownCapabilities, offerImagery, openingImagery } from "./imagery";
import { LostTiles } from "./lost-tiles";
import { SoundMap } from "./map";
import { Newest } from "./newest";
import { Notice } from "./notice";
import { formatPermalink, parsePermalink, parseQuery } from "./permalink";
import { examplePlaces } from "./places";
import { problemOf } from "./problem";
import { Search } from "./search";
import type { Match, Region } from "./search-api";

const WORLD: api.Bounds = [-140, -50, 150, 65];
const PLACE_ZOOM = 14;

/** Holds what is looked at and listened to, and keeps map, card and address in step with it. */
export class Page {
  readonly #notice = new Notice(byId("notice", HTMLDivElement));
  readonly #panel = byId("panel", HTMLElement);
  readonly #select = byId("imagery", HTMLSelectElement);
  readonly #newest = new Newest();
  readonly #engineLook = new Newest();
  readonly #map = new SoundMap(byId("map", HTMLDivElement), {
    onPick: (lat, lon) => void this.listen(lat, lon),
    onZoom: () => this.#place && this.#writeAddress(false),
    onRank: (rank) => this.#search.choose(rank),
    imagery: new LostTiles(this.#notice, api.imageryProblem, () => this.#map.reloadTiles()),
    glow: new LostTiles(this.#notice, api.glowProblem, () => this.#map.overlay.reloadGlow()),
  });
  readonly #card = new Card(byId("card", HTMLElement), {
    onScale: (scale) => this.#rescale(scale),
    onShowFootprint: () => this.#map.showFootprintClosely(),
  });
  readonly #search = new Search(this.#map.overlay, this.#notice, {
    onChoose: (match, region) => this.#hear(match, region),
    onQuery: () => this.#followSearch(),
    onAnswer: () => this.#makeRoom(),
    onShown: (bounds) => this.#showRegion(bounds),
    onBack: () => this.#leavePlace(true),
  });
  #capabilities: api.Capabilities | null = null;
  #imagery: api.Imagery | null = null;
  #opening: api.Imagery | null = null;
  #place: { lat: number; lon: number } | null = null;
  #scale = 1;
  #isPlayed = false; // whether the answer awaited is to be heard at once

  /** Wires the parts of the page that stand outside map and card. */
  watch(): void {
    const fold = byId("fold", HTMLButtonElement);
    fold.addEventListener("click", () => this.#fold(fold.ariaExpanded === "true"));
    this.#select.addEventListener("change", () => this.#changeImagery(this.#select.value));
    watchFinder((lat, lon) => this.visit(lat, lon));
    addEventListener("popstate", () => void this.followAddress());
    const layout = new ResizeObserver(() => this.#layOut());
    for (const part of [this.#panel, byId("masthead", HTMLElement)]) layout.observe(part);
    addEventListener("resize", () => this.#layOut());
    this.#layOut();
    void this.#map.showOutlines();
    this.#search.watch();
  }

  /** Asks what the server can do, shows its imagery, and follows the address when it names a place. */
  async open(): Promise<void> {
    try {
      this.#capabilities = await knownCapabilities();
    } catch (error) {
      this.#notice.tell(problemOf(error), () => void this.open());
      return;
    }
    this.#scale = this.#capabilities.scales[0] ?? 1;
    this.#opening = openingImagery(this.#capabilities);
    if (!this.#opening) return;
    this.#show(this.#opening);
    this.#map.showArea(this.#opening.bounds ?? WORLD);
    await this.followAddress();
  }

  /** Searches for the sound and goes to the place that the address names, if it names them. */
  async followAddress(): Promise<void> {
    if (!this.#capabilities) return;
    const view = parsePermalink(location.hash);
    void this.#search.follow(parseQuery(location.hash), view === null);
    if (!view) return this.#leavePlace(false);
    const named = view.imagery ?? this.#opening?.name;
    const imagery = this.#capabilities.imagery.find(({ name }) => name === named);
    if (imagery && imagery !== this.#imagery) this.#show(imagery);
    if (this.#capabilities.scales.includes(view.scale)) this.#scale = view.scale;
    this.#place = { lat: view.lat, lon: view.lon };
    this.#map.goTo(view.lat, view.lon, view.zoom);
    await this.#ask();
  }

  /** Listens to a place and remembers it in the browser's history. */
  async listen(lat: number, lon: number, isPlayed = false): Promise<void> {
    this.#isPlayed = isPlayed;
    this.#place = { lat: Number(lat.toFixed(5)), lon: Number(lon.toFixed(5)) };
    this.#writeAddress(true);
    await this.#ask();
  }

  /** Goes near enough to a place to see it, and listens to it. */
  visit(lat: number, lon: number): void {
    this.#map.goTo(lat, lon, Math.max(this.#map.zoom, PLACE_ZOOM));
    void this.listen(lat, lon);
  }

  /** Flies to a place that was found and plays it, seen as its region was. */
  #hear({ best }: Match, region: Region | undefined): void {
    const imagery = this.#capabilities?.imagery.find(({ name }) => name === region?.imagery);
    if (imagery && imagery !== this.#imagery) this.#show(imagery);
    if (region) this.#scale = region.scale;
    this.#map.flyTo(best.lat, best.lon, Math.max(this.#map.zoom, PLACE_ZOOM));
    void this.listen(best.lat, best.lon, true);
  }

  /** Asks for the place at hand; of several such questions only the newest is answered on the page. */
  async #ask(): Promise<void> {
    if (!this.#place || !this.#imagery) return;
    const question = { ...this.#place, scale: this.#scale, imagery: this.#imagery.name };
    this.#map.showListening(question.lat, question.lon);
    this.#panel.ariaBusy = "true";
    this.#notice.say(`Listening to ${formatPoint(question.lat, question.lon)}`);
    try {
      const answer = await this.#newest.run((signal) => api.soundscape(question, signal));
      if (answer) this.#showAnswer(answer);
    } catch (error) {
      this.#card.hide();
      this.#panel.ariaBusy = "false";
      this.#map.showSilence();
      this.#notice.tell(problemOf(error), () => void this.#ask());
    }
  }

  #showAnswer(answer: api.Soundscape): void {
    const pixels = this.#capabilities?.checkpoint.config["tile_pixels"];
    const unit = typeof pixels === "number" ? (answer.gsd / answer.scale) * pixels : null;
    const span = (scale: number): number | null => (unit === null ? null : unit * scale);
    this.#panel.ariaBusy = "false";
    this.#search.makeRoom(answer.point);
    this.#card.show(answer, this.#capabilities?.scales ?? [answer.scale], span, this.#capabilities?.engines ?? []);
    void this.#lookAtEngines();
    this.#welcome();
    byId("panel-body", HTMLDivElement).scrollTop = 0;
    this.#map.showFootprint(answer.imagery.bounds);
    this.#notice.say(`Heard: ${answer.captions[0]?.text ?? "no caption comes close"}`);
    this.#fold(false);
    this.#layOut();
    this.#map.reveal();
    if (this.#isPlayed) this.#card.play();
    this.#isPlayed = false;
  }

  /** Learns anew which engines there are and how long each takes: both become known while the server runs. */
  async #lookAtEngines(): Promise<void> {
    const offer = ({ engines }: api.Capabilities): void => {
      if (this.#capabilities) this.#capabilities = { ...this.#capabilities, engines };
      this.#card.offerEngines(engines);
    };
    await this.#engineLook.run((signal) => watchEngines(offer, signal)).catch(() => undefined);
  }

  /** Takes the card and the mark of its place away. */
  #leavePlace(isNew: boolean): void {
    this.#newest.cancel();
    this.#engineLook.cancel();
    this.#place = null;
    this.#card.hide();
    this.#map.clearPlace();
    this.#panel.ariaBusy = "false";
    this.#welcome();
    if (isNew) this.#writeAddress(true);
  }

  /** Gives the room of the card to the places that were found. */
  #makeRoom(): void {
    this.#leavePlace(false);
    this.#fold(false);
    byId("panel-body", HTMLDivElement).scrollTop = 0;
  }

  /** Shows a region on the map, unless a place has been chosen meanwhile. */
  #showRegion(bounds: api.Bounds): void {
    if (this.#place) return;
    this.#layOut();
    this.#map.showArea(bounds);
  }

  #followSearch(): void {
    this.#writeAddress(true);
    this.#welcome();
  }

  /** Shows the first words of the page as long as there is nothing else to show. */
  #welcome(): void {
    const isFree = byId("card", HTMLElement).hidden && byId("results", HTMLElement).hidden;
    byId("welcome", HTMLElement).hidden = !isFree;
  }

  #show(imagery: api.Imagery): void {
    this.#imagery = imagery;
    this.#map.showImagery(imagery);
    offerImagery(this.#select, this.#capabilities?.imagery ?? [imagery], imagery);
    const places = examplePlaces(imagery).map(({ name, lat, lon }) => {
      const button = el("button", { className: "button", type: "button" }, name);
      button.addEventListener("click", () => this.visit(lat, lon));
      return el("li", {}, button);
    });
    byId("example-list", HTMLUListElement).replaceChildren(...places);
    byId("examples", HTMLDivElement).hidden = places.length === 0;
  }

  #changeImagery(name: string): void {
    const imagery = this.#capabilities?.imagery.find((source) => source.name === name);
    if (!imagery) return;
    this.#show(imagery);
    this.#writeAddress(false);
    if (imagery.bounds) this.#map.showArea(imagery.bounds);
  }

  #rescale(scale: number): void {
    this.#scale = scale;
    this.#writeAddress(false);
    void this.#ask();
  }

  /** Writes what is listened to into the address: as a new entry of the history, or in place of the latest. */
  #writeAddress(isNew: boolean): void {
    if (!this.#imagery) return;
    const imagery = this.#imagery === this.#opening ? null : this.#imagery.name;
    const view = this.#place && { ...this.#place, scale: this.#scale, zoom: this.#map.zoom, imagery };
    const hash = formatPermalink(view, this.#search.query);
    if (hash === (location.hash || "#")) return;
    history[isNew ? "pushState" : "replaceState"](null, "", hash === "#" ? location.pathname : hash);
  }

  #fold(folded: boolean): void {
    this.#panel.classList.toggle("panel-folded", folded);
    byId("fold", HTMLButtonElement).ariaExpanded = String(!folded);
  }

  /** Tells the map how much of it the panel covers: its right side on wide screens, its lower part on narrow ones. */
  #layOut(): void {
    const panel = this.#panel.getBoundingClientRect();
    const isSheet = panel.width >= innerWidth - 1;
    const bottom = isSheet ? innerHeight - panel.top : 0;
    document.documentElement.style.setProperty("--sheet-height", `${bottom}px`);
    const top = isSheet ? byId("masthead", HTMLElement).getBoundingClientRect().bottom : 0;
    this.#map.setInsets({ top, right: isSheet ? 0 : innerWidth - panel.left, bottom });
  }
}
