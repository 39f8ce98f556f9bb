/** The page: a click on the map becomes a question whose answer becomes the card, and a place found by a search does, too. */

import { byId } from "../kit/dom";
import { type Layers, SHOWN_AT_FIRST } from "../kit/layers";
import { Notice } from "../kit/notice";
import { type Address, parseAddress } from "../kit/permalink";
import { LostTiles } from "../map/lost-tiles";
import { SoundMap } from "../map/map";
import { Here } from "../place/here";
import { knownCapabilities, offerImagery } from "../place/imagery";
import { Insight } from "../place/insight";
import { Listening } from "../place/listening";
import { Remark, remarksOn } from "../place/remark";
import { Search } from "../search/search";
import * as api from "../server/api";
import type { Bounds, Point } from "../server/geo";
import { problemOf } from "../server/problem";
import type { Match, Region } from "../server/search";
import { watchElements } from "../sound/floor";
import { Tools } from "../tools/tools";
import { AddressBar } from "./address-bar";
import { Connection } from "./connection";
import { offerPlaces } from "./examples";
import { watchFinder } from "./finder";
import { Sheets } from "./sheets";

const WORLD: Bounds = [-140, -50, 150, 65];
const PLACE_ZOOM = 14;
const SEEN_GLOW = 112; // pixels that a footprint has to be wide for its patches to be told apart

/** Keeps the place at hand, the search, the tools, the map and the address in step with one another. */
export class Page {
  readonly #notice = new Notice(byId("notice", HTMLDivElement));
  readonly #remark = new Remark(byId("remark", HTMLDivElement));
  readonly #select = byId("imagery", HTMLSelectElement);
  readonly #map = new SoundMap(byId("map", HTMLDivElement), {
    onPick: (lat, lon) => this.#pick(lat, lon),
    onLook: () => this.#look(),
    onArrive: () => this.#address.write(false),
    onRank: (rank) => this.#search.choose(rank),
    imagery: new LostTiles(this.#notice, api.imageryProblem, () => this.#map.layers.reloadTiles()),
    glow: new LostTiles(this.#notice, api.glowProblem, () => this.#map.overlay.reloadGlow()),
  });
  readonly #sheets = new Sheets((insets) => this.#map.setInsets(insets));
  readonly #insight: Insight = new Insight(this.#map.attention, {
    question: () => this.#here.asked,
    onConcept: (id) => void this.#openConcept(id),
    onPin: () => this.#map.showFootprintAtLeast(SEEN_GLOW),
  });
  readonly #listening = new Listening(() => this.#relisten());
  readonly #here = new Here(
    { map: this.#map, sheets: this.#sheets, notice: this.#notice, listening: this.#listening, insight: this.#insight },
    {
      onScale: (scale) => {
        this.#listening.scale = scale;
        this.#relisten();
      },
      onCaption: (caption) => {
        this.#listening.caption = caption;
        this.#relisten();
      },
      onHeard: ({ point }) => {
        this.#search.makeRoom(point);
        this.#welcome();
        this.#tools.refresh();
      },
      onLeft: () => this.#tools.refresh(),
    },
  );
  readonly #search = new Search(this.#map.overlay, this.#notice, {
    onChoose: (match, region) => this.#hear(match, region),
    onQuery: () => this.#followSearch(),
    onAnswer: () => this.#makeRoom(),
    onShown: (bounds) => this.#showRegion(bounds),
    onBack: () => {
      this.#leavePlace();
      this.#search.showRegion();
      this.#address.write(true);
    },
  });
  readonly #tools = new Tools();
  readonly #address = new AddressBar(() => this.#view());
  #layers: Layers = SHOWN_AT_FIRST;
  #isRoamed = false; // whether the person has moved the map away from where the page would look

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
    const { told, opening } = this.#listening;
    if (!told) return;
    this.#address.cancel();
    const { place, query, camera, layers, tool } = address;
    this.#remark.show(remarksOn(address, unread, told, opening?.name ?? ""));
    this.#listening.when.set(address.when);
    this.#listening.caption = address.caption;
    this.#showLayers(layers);
    this.#isRoamed = camera !== null;
    void this.#search.follow(query, place === null);
    if (place) this.#goTo(place);
    else {
      this.#leavePlace();
      this.#search.showRegion();
    }
    if (camera) this.#map.goTo(camera.lat, camera.lon, camera.zoom);
    await Promise.all([this.#tools.follow(tool), place ? this.#here.ask() : null]);
  }

  #goTo({ lat, lon, scale, zoom, imagery: name }: NonNullable<Address["place"]>): void {
    const imagery = this.#listening.find(name) ?? this.#listening.opening;
    if (imagery && imagery !== this.#listening.imagery) this.#show(imagery);
    this.#listening.scale = scale;
    this.#here.turnTo({ lat, lon });
    this.#map.goTo(lat, lon, zoom);
  }

  /** Listens to a place and remembers it in the browser's history. */
  async listen(lat: number, lon: number, isPlayed = false): Promise<void> {
    this.#here.turnTo({ lat: Number(lat.toFixed(5)), lon: Number(lon.toFixed(5)) }, isPlayed);
    this.#address.write(true);
    await this.#here.ask();
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

  #leavePlace(): void {
    this.#here.leave();
    this.#welcome();
  }

  /** Gives the room of the card to the places that were found. */
  #makeRoom(): void {
    this.#leavePlace();
    this.#sheets.unfold();
    byId("panel-body", HTMLDivElement).scrollTop = 0;
  }

  /** Shows a region on the map, unless a place has been chosen meanwhile. */
  #showRegion(bounds: Bounds): void {
    if (this.#here.point || this.#isRoamed) return;
    this.#sheets.layOut();
    this.#map.showArea(bounds);
  }

  #followSearch(): void {
    this.#address.write(true);
    this.#welcome();
  }

  /** Shows the first words of the page as long as there is nothing else to show. */
  #welcome(): void {
    const isFree = this.#here.heard === null && byId("results", HTMLElement).hidden;
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

  /** Listens to the same place in another way. */
  #relisten(): void {
    this.#address.write(false);
    void this.#here.ask();
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
      show: (points, isAsked) => this.#showAll(points, isAsked),
      ear: () => this.#listening.ear,
      heard: () => this.#here.heard,
      visit: ({ lat, lon }) => void this.listen(lat, lon),
      seek: (query) => this.#search.seek(query),
      changed: (isNew) => this.#address.write(isNew),
    });
  }

  /** Shows places together; those lost from view without going closer, and when asked to as closely as a place is looked at. */
  #showAll(points: Point[], isAsked: boolean): void {
    this.#sheets.layOut();
    if (isAsked) this.#map.showPoints(points, Math.max(this.#map.zoom, PLACE_ZOOM));
    else if (!this.#map.isInView(points)) this.#map.showPoints(points, this.#map.zoom);
  }

  /** What the address is to say; null: nothing is shown yet. */
  #view(): Address | null {
    const { scale, named: imagery, when, caption, checkpoint } = this.#listening;
    const { point } = this.#here;
    if (!this.#listening.imagery) return null;
    return {
      place: point && { ...point, scale, zoom: this.#map.zoom, imagery },
      query: this.#search.query,
      camera: this.#isRoamed ? this.#map.camera : null,
      when: when.value,
      caption,
      layers: this.#layers,
      tool: this.#tools.state,
      checkpoint,
    };
  }
}
