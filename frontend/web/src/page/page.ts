/** The page: a click on the map becomes a question whose answer becomes the card, and a place found by a search does, too. */

import { byId } from "../kit/dom";
import { Notice } from "../kit/notice";
import { type Address, parseAddress } from "../kit/permalink";
import { batch, computed, effect, follow } from "../kit/signal";
import { LostTiles } from "../map/lost-tiles";
import { SoundMap } from "../map/map";
import { Here } from "../place/here";
import { knownCapabilities, offerImagery } from "../place/imagery";
import { Insight } from "../place/insight";
import type { Choice } from "../place/listening";
import { Remark, remarksOn } from "../place/remark";
import { WhenControl } from "../place/when";
import { Search } from "../search/search";
import { type Capabilities, glowProblem, imageryProblem } from "../server/api";
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
import { State } from "./state";

const WORLD: Bounds = [-140, -50, 150, 65];
const PLACE_ZOOM = 14;
const SEEN_GLOW = 112; // pixels that a footprint has to be wide for its patches to be told apart

/** How a place is gone to. */
interface Going {
  /** Whether the person has moved the map there; undefined: as it was. */
  isRoamed?: boolean;
  /** Whether it is heard at once. */
  isPlayed?: boolean;
  /** Moves the map. */
  move?: () => void;
}

/** Wires the parts of the page, each of which follows the state it shows. */
export class Page {
  readonly #state = new State();
  readonly #notice = new Notice(byId("notice", HTMLDivElement));
  readonly #remark = new Remark(byId("remark", HTMLDivElement));
  readonly #map = new SoundMap(byId("map", HTMLDivElement), {
    onPick: (lat, lon) => void this.#listen({ lat, lon }, { isRoamed: true }),
    onLook: () => this.#rest(true),
    onArrive: () => this.#rest(),
    onRank: (rank) => this.#search.choose(rank),
    imagery: new LostTiles(this.#notice, imageryProblem, () => this.#map.layers.reloadTiles()),
    glow: new LostTiles(this.#notice, glowProblem, () => this.#map.overlay.reloadGlow()),
  });
  readonly #sheets = new Sheets((insets) => this.#map.setInsets(insets));
  readonly #insight: Insight = new Insight(this.#map.attention, {
    question: () => this.#state.answer.value?.asked ?? null,
    onConcept: (concept) => (this.#state.tool.value = { name: "concepts", points: [], concept }),
    onPin: () => this.#map.showFootprintAtLeast(SEEN_GLOW),
  });
  readonly #here = new Here(
    { map: this.#map, notice: this.#notice, listening: this.#state.listening, insight: this.#insight },
    this.#state,
    {
      onScale: (scale) => this.#relisten({ scale }),
      onCaption: (caption) => this.#relisten({ caption }),
      onNewCard: () => this.#sheets.showFromTop(),
    },
  );
  readonly #search = new Search(this.#map.overlay, this.#notice, this.#state, {
    onChoose: (match, region) => this.#hear(match, region),
    onAnswer: () => {
      this.#here.leave();
      this.#sheets.showFromTop();
    },
    onShown: (bounds) => this.#showRegion(bounds),
    onBack: () => {
      this.#here.leave();
      this.#search.showRegion();
    },
  });
  readonly #tools = new Tools(this.#state.tool);
  readonly #address = new AddressBar(() => this.#state.address(this.#map.camera), this.#state.rests);

  /** Wires the parts of the page that stand outside map and card. */
  watch(): void {
    watchFinder((lat, lon) => this.#visit({ lat, lon }));
    watchElements();
    addEventListener("popstate", () => void this.followAddress());
    new Connection(byId("connection", HTMLDivElement), () => this.#notice.retryNow()).watch();
    this.#sheets.watch();
    void this.#map.layers.showOutlines();
    this.#search.watch();
    this.#followState();
  }

  /** Asks what the server can do, shows its imagery, and follows the address when it names a place. */
  async open(): Promise<void> {
    const { told, opening } = this.#state.listening;
    try {
      told.value = await knownCapabilities();
    } catch (error) {
      this.#notice.tell(problemOf(error), () => void this.open());
      return;
    }
    if (!opening.value) return;
    this.#sheets.layOut();
    this.#map.showArea(opening.value.bounds ?? WORLD);
    this.#offerTools(told.value);
    this.#address.watch();
    await this.followAddress();
  }

  /** Shows what the address says, as far as it can be read, and tells of the rest. */
  async followAddress(): Promise<void> {
    const { told, opening } = this.#state.listening;
    if (!told.value) return;
    const { address, unread } = parseAddress(location.hash);
    this.#remark.show(remarksOn(address, unread, told.value, opening.value?.name ?? ""));
    this.#address.adopt(() => this.#show(address));
    if (address.place) await this.#here.ask();
  }

  #show({ place, query, camera, when, caption, layers, tool }: Address): void {
    const state = this.#state;
    state.listening.choose({ when, caption, ...(place && { imagery: place.imagery, scale: place.scale }) });
    state.layers.value = layers;
    state.tool.value = tool;
    state.isRoamed.value = camera !== null;
    void this.#search.follow(query, place === null);
    if (place) {
      this.#here.turnTo({ lat: place.lat, lon: place.lon });
      this.#map.goTo(place.lat, place.lon, place.zoom);
    } else {
      this.#here.leave();
      this.#search.showRegion();
    }
    if (camera) this.#map.goTo(camera.lat, camera.lon, camera.zoom);
  }

  /** Lets the parts that know nothing of the state follow it. */
  #followState(): void {
    const { listening, layers, heard, found } = this.#state;
    const select = byId("imagery", HTMLSelectElement);
    select.addEventListener("change", () => this.#changeImagery(select.value));
    new WhenControl(listening.told, computed(() => listening.chosen.value.when), (when) => this.#relisten({ when }));
    follow(() => layers.value, (shown) => this.#map.layers.show(shown));
    follow(() => listening.imagery.value, (imagery) => {
      if (!imagery) return;
      this.#map.layers.showImagery(imagery);
      offerImagery(select, listening.sources.value, imagery);
      offerPlaces(imagery, (place) => this.#visit(place));
    });
    follow(() => heard.value, (place) => place && this.#search.makeRoom(place.point));
    // The first words of the page stay as long as there is nothing else to show.
    effect(() => (byId("welcome", HTMLElement).hidden = heard.value !== null || found.value !== null));
  }

  /** Listens to a place, which is seen already or is gone to by `move`. */
  async #listen({ lat, lon }: Point, { isRoamed, isPlayed = false, move }: Going = {}): Promise<void> {
    batch(() => {
      if (isRoamed !== undefined) this.#state.isRoamed.value = isRoamed;
      move?.();
      this.#here.turnTo({ lat: Number(lat.toFixed(5)), lon: Number(lon.toFixed(5)) }, isPlayed);
    });
    await this.#here.ask();
  }

  /** Goes near enough to a place to see it, and listens to it. */
  #visit({ lat, lon }: Point): void {
    const move = (): void => this.#map.goTo(lat, lon, this.#nearZoom);
    void this.#listen({ lat, lon }, { isRoamed: false, move });
  }

  /** Flies to a place that was found and plays it, seen as its region was. */
  #hear({ best }: Match, region: Region | undefined): void {
    const { listening } = this.#state;
    const imagery = listening.find(region?.imagery)?.name;
    const move = (): void => this.#map.flyTo(best.lat, best.lon, this.#nearZoom);
    batch(() => {
      listening.choose({ ...(region && { scale: region.scale }), ...(imagery !== undefined && { imagery }) });
      void this.#listen(best, { isRoamed: false, isPlayed: true, move });
    });
  }

  /** Listens to the same place in another way. */
  #relisten(choice: Partial<Choice>): void {
    this.#state.listening.choose(choice);
    void this.#here.ask();
  }

  #changeImagery(name: string): void {
    const imagery = this.#state.listening.find(name);
    if (!imagery) return;
    this.#state.listening.choose({ imagery: name });
    if (imagery.bounds) this.#map.showArea(imagery.bounds);
  }

  /** Shows a region on the map, unless a place has been chosen meanwhile. */
  #showRegion(bounds: Bounds): void {
    if (this.#state.place.value || this.#state.isRoamed.value) return;
    this.#sheets.layOut();
    this.#map.showArea(bounds);
  }

  /** The map has come to rest where the address is to say so; `isRoamed`: the person has moved it there. */
  #rest(isRoamed = false): void {
    batch(() => {
      if (isRoamed) this.#state.isRoamed.value = true;
      this.#state.rests.value++;
    });
  }

  #offerTools(capabilities: Capabilities): void {
    const { listening, heard, layers } = this.#state;
    this.#tools.offer({
      map: this.#map,
      capabilities,
      ear: listening.ear,
      heard,
      layers,
      reveal: () => {
        this.#sheets.layOut();
        this.#map.reveal();
      },
      show: (points, isAsked) => this.#showAll(points, isAsked),
      visit: (point) => void this.#listen(point),
      seek: (query) => this.#search.seek(query),
    });
  }

  /** Shows places together; those lost from view without going closer, and when asked to as closely as a place is looked at. */
  #showAll(points: Point[], isAsked: boolean): void {
    this.#sheets.layOut();
    if (isAsked) {
      this.#map.showPoints(points, this.#nearZoom);
      this.#rest();
    } else if (!this.#map.isInView(points)) this.#map.showPoints(points, this.#map.zoom);
  }

  /** A zoom near enough to see a place, and no farther than the map stands at. */
  get #nearZoom(): number {
    return Math.max(this.#map.zoom, PLACE_ZOOM);
  }
}
