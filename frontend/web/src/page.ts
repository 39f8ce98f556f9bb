/** The page: a click on the map becomes a question whose answer becomes the card, and a place found by a search does, too. */

import * as api from "./api";
import { AddressBar } from "./address-bar";
import { Card } from "./card";
import { Connection } from "./connection";
import { byId } from "./dom";
import { watchEngines } from "./engines";
import { watchFinder } from "./finder";
import { watchElements } from "./floor";
import { formatPoint } from "./format";
import { knownCapabilities, offerImagery } from "./imagery";
import { Insight } from "./insight";
import { SHOWN_AT_FIRST, type Layers } from "./layers";
import { Listening } from "./listening";
import { LostTiles } from "./lost-tiles";
import { SoundMap } from "./map";
import { Newest } from "./newest";
import { Notice } from "./notice";
import { type Address, type Point, parseAddress } from "./permalink";
import { offerPlaces } from "./places";
import { problemOf } from "./problem";
import { Remark, remarksOn } from "./remark";
import { Search } from "./search";
import type { Match, Region } from "./search-api";
import { Sheets } from "./sheets";
import { Tools } from "./tools";

const WORLD: api.Bounds = [-140, -50, 150, 65];
const PLACE_ZOOM = 14;
const SEEN_GLOW = 112; // pixels that a footprint has to be wide for its patches to be told apart

/** Holds what is looked at and listened to, and keeps map, card and address in step with it. */
export class Page {
  readonly #notice = new Notice(byId("notice", HTMLDivElement));
  readonly #remark = new Remark(byId("remark", HTMLDivElement));
  readonly #panel = byId("panel", HTMLElement);
  readonly #select = byId("imagery", HTMLSelectElement);
  readonly #newest = new Newest();
  readonly #engineLook = new Newest();
  readonly #map = new SoundMap(byId("map", HTMLDivElement), {
    onPick: (lat, lon) => this.#pick(lat, lon),
    onLook: () => this.#look(),
    onRank: (rank) => this.#search.choose(rank),
    imagery: new LostTiles(this.#notice, api.imageryProblem, () => this.#map.layers.reloadTiles()),
    glow: new LostTiles(this.#notice, api.glowProblem, () => this.#map.overlay.reloadGlow()),
  });
  readonly #sheets = new Sheets((insets) => this.#map.setInsets(insets));
  readonly #insight = new Insight(this.#map.attention, {
    question: () => this.#asked,
    onConcept: (id) => void this.#openConcept(id),
    onPin: () => this.#map.showFootprintAtLeast(SEEN_GLOW),
  });
  readonly #card = new Card(byId("card", HTMLElement), this.#insight, {
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
  readonly #listening = new Listening(() => this.#relisten());
  readonly #tools = new Tools();
  readonly #address = new AddressBar(() => this.#view());
  #place: Point | null = null;
  #heard: api.Soundscape | null = null; // what the card shows
  #asked: api.Question | null = null; // and what it answers
  #layers: Layers = SHOWN_AT_FIRST;
  #isRoamed = false; // whether the person has moved the map away from where the page would look
  #isPlayed = false; // whether the answer awaited is to be heard at once

  /** Wires the parts of the page that stand outside map and card. */
  watch(): void {
    this.#select.addEventListener("change", () => this.#changeImagery(this.#select.value));
    watchFinder((lat, lon) => this.visit(lat, lon));
    watchElements();
    addEventListener("popstate", () => void this.followAddress());
    new Connection(byId("connection", HTMLDivElement), () => this.#notice.retryNow()).watch();
    this.#sheets.watch();
    void this.#map.layers.showOutlines();
    this.#search.watch();
  }

  /** Asks what the server can do, shows its imagery, and follows the address when it names a place. */
  async open(): Promise<void> {
    try {
      this.#listening.learn(await knownCapabilities());
    } catch (error) {
      this.#notice.tell(problemOf(error), () => void this.open());
      return;
    }
    const { told, opening } = this.#listening;
    if (!told || !opening) return;
    this.#show(opening);
    this.#sheets.layOut();
    this.#map.showArea(opening.bounds ?? WORLD);
    this.#offerTools(told);
    await this.followAddress();
  }

  /** Shows what the address says, as far as it can be read, and tells of the rest. */
  async followAddress(): Promise<void> {
    const { address, unread } = parseAddress(location.hash);
    const { told, opening, when: time } = this.#listening;
    if (!told) return;
    this.#address.cancel();
    const { place, query, camera, when, layers, tool } = address;
    this.#remark.show(remarksOn(address, unread, told, opening?.name ?? ""));
    time.set(when);
    this.#showLayers(layers);
    this.#isRoamed = camera !== null;
    void this.#search.follow(query, place === null);
    if (place) this.#goTo(place);
    else this.#leavePlace(false);
    if (camera) this.#map.goTo(camera.lat, camera.lon, camera.zoom);
    await Promise.all([this.#tools.follow(tool), place ? this.#ask() : null]);
  }

  #goTo({ lat, lon, scale, zoom, imagery: name }: NonNullable<Address["place"]>): void {
    const imagery = this.#listening.find(name) ?? this.#listening.opening;
    if (imagery && imagery !== this.#listening.imagery) this.#show(imagery);
    this.#listening.scale = scale;
    this.#place = { lat, lon };
    this.#map.goTo(lat, lon, zoom);
  }

  /** Listens to a place and remembers it in the browser's history. */
  async listen(lat: number, lon: number, isPlayed = false): Promise<void> {
    this.#isPlayed = isPlayed;
    this.#place = { lat: Number(lat.toFixed(5)), lon: Number(lon.toFixed(5)) };
    this.#address.write(true);
    await this.#ask();
  }

  /** Listens to the place that was clicked, where it is seen. */
  #pick(lat: number, lon: number): void {
    this.#isRoamed = true;
    void this.listen(lat, lon);
  }

  /** Goes near enough to a place to see it, and listens to it. */
  visit(lat: number, lon: number): void {
    this.#isRoamed = false;
    this.#map.goTo(lat, lon, Math.max(this.#map.zoom, PLACE_ZOOM));
    void this.listen(lat, lon);
  }

  /** Flies to a place that was found and plays it, seen as its region was. */
  #hear({ best }: Match, region: Region | undefined): void {
    const imagery = this.#listening.find(region?.imagery);
    if (imagery && imagery !== this.#listening.imagery) this.#show(imagery);
    if (region) this.#listening.scale = region.scale;
    this.#isRoamed = false;
    this.#map.flyTo(best.lat, best.lon, Math.max(this.#map.zoom, PLACE_ZOOM));
    void this.listen(best.lat, best.lon, true);
  }

  /** Asks for the place at hand; of several such questions only the newest is answered on the page. */
  async #ask(): Promise<void> {
    if (!this.#place || !this.#listening.imagery) return;
    const question = { ...this.#place, ...this.#listening.ear };
    this.#map.showListening(question.lat, question.lon);
    this.#panel.ariaBusy = "true";
    this.#notice.say(`Listening to ${formatPoint(question.lat, question.lon)}`);
    try {
      const answer = await this.#newest.run((signal) => api.soundscape(question, signal));
      if (answer) this.#showAnswer(answer, question);
    } catch (error) {
      this.#forgetAnswer();
      this.#map.showSilence();
      this.#notice.tell(problemOf(error), () => void this.#ask());
    }
  }

  #showAnswer(answer: api.Soundscape, question: api.Question): void {
    const { told, scales, span } = this.#listening;
    this.#heard = answer;
    this.#asked = question;
    this.#panel.ariaBusy = "false";
    this.#search.makeRoom(answer.point);
    this.#card.show(answer, { when: question, scales, span, engines: told?.engines ?? [] });
    void this.#lookAtEngines();
    this.#welcome();
    byId("panel-body", HTMLDivElement).scrollTop = 0;
    this.#map.showFootprint(answer.imagery.bounds);
    this.#notice.say(`Heard: ${answer.captions[0]?.text ?? "no caption comes close"}`);
    this.#sheets.unfold();
    this.#map.reveal();
    if (this.#isPlayed) this.#card.play();
    this.#isPlayed = false;
    this.#tools.refresh();
  }

  /** Learns anew which engines there are and how long each takes: both become known while the server runs. */
  async #lookAtEngines(): Promise<void> {
    const offer = ({ engines }: api.Capabilities): void => {
      this.#listening.learnEngines(engines);
      this.#card.offerEngines(engines);
    };
    await this.#engineLook.run((signal) => watchEngines(offer, signal)).catch(() => undefined);
  }

  /** Takes the card and the mark of its place away. */
  #leavePlace(isNew: boolean): void {
    this.#newest.cancel();
    this.#engineLook.cancel();
    this.#place = null;
    this.#forgetAnswer();
    this.#map.clearPlace();
    this.#welcome();
    if (isNew) this.#address.write(true);
  }

  #forgetAnswer(): void {
    const wasHeard = this.#heard !== null;
    this.#heard = this.#asked = null;
    this.#card.hide();
    this.#panel.ariaBusy = "false";
    if (wasHeard) this.#tools.refresh();
  }

  /** Gives the room of the card to the places that were found. */
  #makeRoom(): void {
    this.#leavePlace(false);
    this.#sheets.unfold();
    byId("panel-body", HTMLDivElement).scrollTop = 0;
  }

  /** Shows a region on the map, unless a place has been chosen meanwhile. */
  #showRegion(bounds: api.Bounds): void {
    if (this.#place || this.#isRoamed) return;
    this.#sheets.layOut();
    this.#map.showArea(bounds);
  }

  #followSearch(): void {
    this.#address.write(true);
    this.#welcome();
  }

  /** Shows the first words of the page as long as there is nothing else to show. */
  #welcome(): void {
    const isFree = byId("card", HTMLElement).hidden && byId("results", HTMLElement).hidden;
    byId("welcome", HTMLElement).hidden = !isFree;
  }

  #show(imagery: api.Imagery): void {
    this.#listening.imagery = imagery;
    this.#map.layers.showImagery(imagery);
    offerImagery(this.#select, this.#listening.told?.imagery ?? [imagery], imagery);
    offerPlaces(imagery, ({ lat, lon }) => this.visit(lat, lon));
    this.#tools.refresh();
  }

  #changeImagery(name: string): void {
    const imagery = this.#listening.find(name);
    if (!imagery) return;
    this.#show(imagery);
    this.#address.write(false);
    if (imagery.bounds) this.#map.showArea(imagery.bounds);
  }

  #rescale(scale: number): void {
    this.#listening.scale = scale;
    this.#relisten();
  }

  /** Listens to the same place in another way. */
  #relisten(): void {
    this.#address.write(false);
    void this.#ask();
    this.#tools.refresh();
  }

  /** The person has moved the map. */
  #look(): void {
    this.#isRoamed = true;
    this.#address.writeSoon();
  }

  #showLayers(layers: Layers): void {
    this.#layers = layers;
    this.#map.layers.show(layers);
    this.#tools.refresh();
  }

  async #openConcept(concept: number): Promise<void> {
    await this.#tools.open("concepts", { points: [], concept });
    this.#address.write(true);
  }

  #offerTools(capabilities: api.Capabilities): void {
    const page = this;
    this.#tools.offer({
      map: this.#map,
      capabilities,
      get layers() {
        return page.#layers;
      },
      showLayers: (layers) => {
        this.#showLayers(layers);
        this.#address.write(false);
      },
      reveal: () => {
        this.#sheets.layOut();
        this.#map.reveal();
      },
      ear: () => this.#listening.ear,
      heard: () => this.#heard,
      visit: ({ lat, lon }) => void this.listen(lat, lon),
      seek: (query) => this.#search.seek(query),
      changed: (isNew) => this.#address.write(isNew),
    });
  }

  /** What the address is to say; null: nothing is shown yet. */
  #view(): Address | null {
    const { scale, named: imagery, when, checkpoint } = this.#listening;
    if (!this.#listening.imagery) return null;
    return {
      place: this.#place && { ...this.#place, scale, zoom: this.#map.zoom, imagery },
      query: this.#search.query,
      camera: this.#isRoamed ? this.#map.camera : null,
      when: when.value,
      layers: this.#layers,
      tool: this.#tools.state,
      checkpoint,
    };
  }
}
