/** The map: where it looks, the place in question and its footprint. With the other `map-*.ts`, all that knows Leaflet. */

import * as L from "leaflet";

import type { Camera } from "../kit/permalink";
import type { Bounds, Point } from "../server/geo";
import { AttentionOverlay } from "./attention";
import { nearest, unrolled } from "./copies";
import { MapHand } from "./hand";
import { MapLayers } from "./layers";
import type { TileEvents } from "./lost-tiles";
import { Overlay } from "./overlay";
import { tileWatch } from "./tiles";

/** What the map tells the page. */
export interface MapEvents {
  /** The person chose a place, by pointer or by pressing Enter at the map's centre. */
  onPick(lat: number, lon: number): void;
  /** The person looks elsewhere or more closely. */
  onLook(): void;
  /** A flight has come to its end. */
  onArrive(): void;
  /** The person chose a ranked place of a search by the badge on its area. */
  onRank(rank: number): void;
  /** What is told of the imagery's tiles. */
  imagery: TileEvents;
  /** What is told of the tiles of a search's glow. */
  glow: TileEvents;
}

/** How much of the window something else covers, in pixels. */
export interface Insets {
  top: number;
  left: number;
  right: number;
  bottom: number;
}

const MIN_ZOOM = 2;
const MAX_ZOOM = 19;
const FLIGHT_SECONDS = 1.2;
const MARGIN = 48; // pixels to keep between a place and what covers the map
const MARK = 12; // half of a mark's side
const BY_HAND = 2000; // milliseconds after a touch in which a move of the map is the person's

/** A full-screen map of one imagery source at a time. */
export class SoundMap {
  /** The ground. */
  readonly layers: MapLayers;
  /** What a search draws over the map. */
  readonly overlay: Overlay;
  /** The patches that glow. */
  readonly attention: AttentionOverlay;
  /** What a tool draws and asks instead of listening. */
  readonly hand: MapHand;
  readonly #map: L.Map;
  readonly #events: MapEvents;
  #insets: Insets = { top: 0, left: 0, right: 0, bottom: 0 };
  readonly #pin = L.marker([0, 0], {
    icon: L.divIcon({ className: "pin", iconSize: [28, 28] }),
    interactive: false,
    keyboard: false,
  });
  readonly #footprint = L.layerGroup();
  readonly #calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  #flying = false;
  #moving = false; // whether the page, not the person, moves the map
  #touched = -Infinity;

  constructor(container: HTMLElement, events: MapEvents) {
    this.#events = events;
    this.#map = L.map(container, {
      center: [0, 0],
      zoom: 6,
      minZoom: MIN_ZOOM,
      maxZoom: MAX_ZOOM,
      maxBounds: [
        [-90, -540],
        [90, 540],
      ],
      worldCopyJump: true,
      zoomControl: false,
      attributionControl: false,
      zoomAnimation: !this.#calm,
      fadeAnimation: !this.#calm,
      markerZoomAnimation: !this.#calm,
      inertia: !this.#calm,
    });
    L.control.attribution({ position: "bottomleft", prefix: false }).addTo(this.#map);
    L.control.scale({ position: "bottomleft", imperial: false }).addTo(this.#map);
    L.control.zoom({ position: "bottomleft" }).addTo(this.#map);
    this.#footprint.addTo(this.#map);
    const zooms = { minZoom: MIN_ZOOM, maxZoom: MAX_ZOOM };
    this.layers = new MapLayers(this.#map, zooms, tileWatch(events.imagery));
    this.overlay = new Overlay(this.#map, (rank) => events.onRank(rank), events.glow);
    this.attention = new AttentionOverlay(this.#map);
    this.hand = new MapHand(this.#map, () => this.#visible());
    this.#listen(container);
  }

  /** The zoom the map stands at. */
  get zoom(): number {
    return this.#map.getZoom();
  }

  /** Where the map looks: the middle of what can be seen, and the zoom. */
  get camera(): Camera {
    const { lat, lng } = this.#map.containerPointToLatLng(this.#visibleCentre()).wrap();
    return { lat, lon: lng, zoom: this.zoom };
  }

  /** Shows a whole area, such as all that a source covers; west lies beyond east when it crosses the dateline. */
  showArea([west, south, east, north]: Bounds): void {
    this.#fit(latLngBounds([west, south, east < west ? east + 360 : east, north]));
  }

  /** Whether all of these points are seen, none of them under a panel. */
  isInView(points: Point[]): boolean {
    const { min, max } = this.#visible() as { min: L.Point; max: L.Point };
    const rim = L.point(MARK, MARK);
    const seen = L.bounds(min.add(rim), max.subtract(rim));
    return this.#laidOut(points).every((point) => seen.contains(this.#map.latLngToContainerPoint(point)));
  }

  /** Shows all of these points, as closely as they allow but no closer than `closest`. */
  showPoints(points: Point[], closest: number): void {
    const free = this.#visible().getSize();
    const margin = Math.min(MARGIN, free.x / 4, free.y / 4);
    this.#fit(L.latLngBounds(this.#laidOut(points)), { margin, maxZoom: closest });
  }

  /** Moves the map so that a place stands in the middle of what can be seen. */
  goTo(lat: number, lon: number, zoom: number): void {
    // Leaflet drops a move asked for while another still runs its animation, so ours have none.
    this.#move(() => this.#map.setView(this.#centreFor(lat, lon, zoom), zoom, { animate: false }));
  }

  /** Flies to a place, in an arc that shows how far it lies; people who want no motion are there at once. */
  flyTo(lat: number, lon: number, zoom: number): void {
    lon = nearest(lon, this.#map.getCenter().lng);
    if (this.#calm) return this.goTo(lat, lon, zoom);
    this.#flying = true;
    this.#map.once("moveend", () => {
      this.#flying = false;
      this.reveal();
      this.#events.onArrive();
    });
    this.#map.flyTo(this.#centreFor(lat, lon, zoom), zoom, { duration: FLIGHT_SECONDS });
  }

  /** Marks a place as the one being listened to; its footprint is not known yet. */
  showListening(lat: number, lon: number): void {
    this.#footprint.clearLayers();
    this.#pin.setLatLng([lat, nearest(lon, this.#map.getCenter().lng)]).addTo(this.#map);
    this.#pin.getElement()?.classList.add("pin-listening");
  }

  /** Draws the footprint of the chip that was listened to, in the copy of the world that the pin stands in. */
  showFootprint([west, south, east, north]: Bounds): void {
    const middle = (west + east) / 2;
    const shift = nearest(middle, this.#pin.getLatLng().lng) - middle;
    const area = latLngBounds([west + shift, south, east + shift, north]);
    this.#footprint.clearLayers();
    this.#pin.getElement()?.classList.remove("pin-listening");
    for (const className of ["footprint-casing", "footprint"]) {
      L.rectangle(area, { className, fill: false, interactive: false }).addTo(this.#footprint);
    }
  }

  /** Moves the map just enough that nothing covers the place. */
  reveal(): void {
    if (this.#flying || !this.#map.hasLayer(this.#pin)) return;
    this.#move(() =>
      this.#map.panInside(this.#pin.getLatLng(), {
        animate: false,
        paddingTopLeft: [MARGIN + this.#insets.left, MARGIN + this.#insets.top],
        paddingBottomRight: [MARGIN + this.#insets.right, MARGIN + this.#insets.bottom],
      }),
    );
  }

  /** Moves the map close to the footprint. */
  showFootprintClosely(): void {
    const area = this.#footprint.getLayers()[0];
    if (area instanceof L.Rectangle) this.#fit(area.getBounds().pad(0.6));
  }

  /** Moves the map close to the footprint, unless it is so many pixels wide already. */
  showFootprintAtLeast(pixels: number): void {
    const area = this.#footprint.getLayers()[0];
    if (!(area instanceof L.Rectangle)) return;
    const [west, east] = [area.getBounds().getSouthWest(), area.getBounds().getSouthEast()].map((corner) =>
      this.#map.latLngToContainerPoint(corner),
    );
    if (west && east && east.x - west.x < pixels) this.showFootprintClosely();
  }

  /** Leaves the place marked but without a footprint: there was no answer for it. */
  showSilence(): void {
    this.#footprint.clearLayers();
    this.#pin.getElement()?.classList.remove("pin-listening");
  }

  /** Takes the mark of the place off the map. */
  clearPlace(): void {
    this.#footprint.clearLayers();
    this.#pin.remove();
  }

  /** Gives the keyboard to the map. */
  focus(): void {
    this.#map.getContainer().focus({ preventScroll: true });
  }

  /** Tells the map how much of it is covered, so that its middle is the middle of what can be seen. */
  setInsets(insets: Insets): void {
    this.#insets = insets;
    const centre = this.#visibleCentre();
    this.#map.getContainer().style.setProperty("--centre-x", `${centre.x}px`);
    this.#map.getContainer().style.setProperty("--centre-y", `${centre.y}px`);
  }

  #listen(container: HTMLElement): void {
    this.#map.on("click", (event) => this.hand.pick(event.latlng.wrap()) || this.#pick(event.latlng));
    for (const touch of ["pointerdown", "pointerup", "wheel", "keydown"]) {
      container.addEventListener(touch, () => (this.#touched = performance.now()), { passive: true, capture: true });
    }
    this.#map.on("moveend", () => {
      const byHand = performance.now() - this.#touched < BY_HAND;
      if (byHand && !this.#moving && !this.#flying) this.#events.onLook();
    });
    container.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== container) return;
      event.preventDefault();
      const middle = this.#map.containerPointToLatLng(this.#visibleCentre());
      if (!this.hand.pickMiddle(middle.wrap())) this.#pick(middle);
    });
  }

  #fit(area: L.LatLngBounds, { margin, maxZoom } = { margin: 0, maxZoom: MAX_ZOOM }): void {
    this.#move(() =>
      this.#map.fitBounds(area, {
        animate: false,
        maxZoom,
        paddingTopLeft: [margin + this.#insets.left, margin + this.#insets.top],
        paddingBottomRight: [margin + this.#insets.right, margin + this.#insets.bottom],
      }),
    );
  }

  /** Points in one copy of the world, the one that is looked at. */
  #laidOut(points: Point[]): L.LatLng[] {
    return unrolled(points, this.#map.getCenter().lng).map(({ lat, lon }) => L.latLng(lat, lon));
  }

  /** Moves the map for the page. */
  #move(move: () => void): void {
    this.#moving = true;
    move();
    this.#moving = false;
  }

  #pick(place: L.LatLng): void {
    const { lat, lng } = place.wrap();
    this.#events.onPick(Math.min(Math.max(lat, -90), 90), lng);
  }

  /** Where the map's centre has to be so that a place stands in the middle of what can be seen. */
  #centreFor(lat: number, lon: number, zoom: number): L.LatLng {
    const place = this.#map.project([lat, lon], zoom);
    return this.#map.unproject(place.subtract(this.#visibleCentre()).add(this.#map.getSize().divideBy(2)), zoom);
  }

  #visibleCentre(): L.Point {
    return this.#visible().getCenter(false) as L.Point;
  }

  /** The part of the map that nothing covers, in pixels of its container. */
  #visible(): L.Bounds {
    const size = this.#map.getSize();
    return L.bounds([this.#insets.left, this.#insets.top], [size.x - this.#insets.right, size.y - this.#insets.bottom]);
  }
}

function latLngBounds([west, south, east, north]: Bounds): L.LatLngBounds {
  return L.latLngBounds([south, west], [north, east]);
}
