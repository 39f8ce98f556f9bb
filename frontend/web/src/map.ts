/** The map: imagery, country outlines, the place in question and its footprint. The only module that knows Leaflet. */

import * as L from "leaflet";

import type { Bounds, Imagery } from "./api";
import { countryOutlines } from "./outlines";

/** What the map tells the page. */
export interface MapEvents {
  /** The person chose a place, by pointer or by pressing Enter at the map's centre. */
  onPick(lat: number, lon: number): void;
  /** The map came to rest at a zoom. */
  onZoom(zoom: number): void;
  /** A tile did not load. */
  onTileError(url: string): void;
}

/** How much of the window something else covers, in pixels. */
export interface Insets {
  top: number;
  right: number;
  bottom: number;
}

const MIN_ZOOM = 2;
const MAX_ZOOM = 19;
const OUTLINE_PANE = "outlines";

/** A full-screen map of one imagery source at a time. */
export class SoundMap {
  readonly #map: L.Map;
  readonly #events: MapEvents;
  #tiles: L.TileLayer | null = null;
  #outlines: L.GeoJSON | null = null;
  #covered: L.LatLngBounds | null = null;
  #insets: Insets = { top: 0, right: 0, bottom: 0 };
  readonly #pin = L.marker([0, 0], {
    icon: L.divIcon({ className: "pin", iconSize: [28, 28] }),
    interactive: false,
    keyboard: false,
  });
  readonly #footprint = L.layerGroup();

  constructor(container: HTMLElement, events: MapEvents) {
    this.#events = events;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
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
      zoomAnimation: !calm,
      fadeAnimation: !calm,
      markerZoomAnimation: !calm,
      inertia: !calm,
    });
    L.control.attribution({ position: "bottomleft", prefix: false }).addTo(this.#map);
    L.control.scale({ position: "bottomleft", imperial: false }).addTo(this.#map);
    L.control.zoom({ position: "bottomleft" }).addTo(this.#map);
    this.#footprint.addTo(this.#map);
    this.#map.createPane(OUTLINE_PANE).style.zIndex = "250"; // above the tiles, beneath the footprint
    this.#listen(container);
  }

  /** The zoom the map stands at. */
  get zoom(): number {
    return this.#map.getZoom();
  }

  /** Shows a source's tiles instead of the ones before. */
  showImagery(imagery: Imagery): void {
    this.#tiles?.remove();
    this.#covered = imagery.bounds && latLngBounds(imagery.bounds);
    this.#tiles = L.tileLayer(imagery.tiles, {
      attribution: escaped(imagery.attribution),
      minZoom: MIN_ZOOM,
      maxZoom: MAX_ZOOM,
      minNativeZoom: imagery.min_zoom,
      maxNativeZoom: imagery.max_zoom,
      updateWhenZooming: false, // tiles of a zoom that is only passed through are work for nothing
      ...(this.#covered ? { bounds: this.#covered } : {}),
    });
    this.#tiles.on("tileerror", (event) => this.#events.onTileError((event as L.TileErrorEvent).tile.src));
    this.#tiles.addTo(this.#map);
    this.#styleOutlines();
  }

  /** Draws the country outlines; to be called once. */
  async showOutlines(): Promise<void> {
    const countries = await countryOutlines();
    this.#outlines = L.geoJSON(countries, {
      pane: OUTLINE_PANE,
      interactive: false,
      attribution: "Outlines: Natural Earth",
    }).addTo(this.#map);
    this.#styleOutlines();
  }

  /** Shows a whole area, such as all that a source covers. */
  showArea(bounds: Bounds): void {
    this.#fit(latLngBounds(bounds));
  }

  /** Moves the map so that a place stands in the middle of what can be seen. */
  goTo(lat: number, lon: number, zoom: number): void {
    const target = this.#map.project([lat, lon], zoom).subtract(this.#visibleCentre()).add(this.#map.getSize().divideBy(2));
    // Leaflet drops a move asked for while another still runs its animation, so ours have none.
    this.#map.setView(this.#map.unproject(target, zoom), zoom, { animate: false });
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
    this.#map.panInside(this.#pin.getLatLng(), {
      animate: false,
      paddingTopLeft: [48, 48 + this.#insets.top],
      paddingBottomRight: [48 + this.#insets.right, 48 + this.#insets.bottom],
    });
  }

  /** Moves the map close to the footprint. */
  showFootprintClosely(): void {
    const area = this.#footprint.getLayers()[0];
    if (area instanceof L.Rectangle) this.#fit(area.getBounds().pad(0.6));
  }

  /** Leaves the place marked but without a footprint: there was no answer for it. */
  showSilence(): void {
    this.#footprint.clearLayers();
    this.#pin.getElement()?.classList.remove("pin-listening");
  }

  /** Asks again for every tile in view. */
  reloadTiles(): void {
    this.#tiles?.redraw();
  }

  /** Tells the map how much of it is covered, so that its middle is the middle of what can be seen. */
  setInsets(insets: Insets): void {
    this.#insets = insets;
    const centre = this.#visibleCentre();
    this.#map.getContainer().style.setProperty("--centre-x", `${centre.x}px`);
    this.#map.getContainer().style.setProperty("--centre-y", `${centre.y}px`);
  }

  #listen(container: HTMLElement): void {
    this.#map.on("click", (event) => this.#pick(event.latlng));
    this.#map.on("zoomend", () => this.#events.onZoom(this.#map.getZoom()));
    container.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.target !== container) return;
      event.preventDefault();
      this.#pick(this.#map.containerPointToLatLng(this.#visibleCentre()));
    });
  }

  #fit(area: L.LatLngBounds): void {
    this.#map.fitBounds(area, {
      animate: false,
      paddingTopLeft: [0, this.#insets.top],
      paddingBottomRight: [this.#insets.right, this.#insets.bottom],
    });
  }

  #pick(place: L.LatLng): void {
    const { lat, lng } = place.wrap();
    this.#events.onPick(Math.min(Math.max(lat, -90), 90), lng);
  }

  #visibleCentre(): L.Point {
    const size = this.#map.getSize();
    return L.point((size.x - this.#insets.right) / 2, (size.y + this.#insets.top - this.#insets.bottom) / 2);
  }

  /** Around a bounded source land is filled; that which it may lie in stays see-through. */
  #styleOutlines(): void {
    this.#outlines?.eachLayer((layer) => {
      const land = layer as L.Polygon;
      const isFilled = this.#covered !== null && !land.getBounds().intersects(this.#covered);
      land.getElement()?.setAttribute("class", isFilled ? "outline outline-land" : "outline");
    });
  }
}

function latLngBounds([west, south, east, north]: Bounds): L.LatLngBounds {
  return L.latLngBounds([south, west], [north, east]);
}

/** The copy of a longitude that lies nearest to another one. */
function nearest(lon: number, reference: number): number {
  return lon + 360 * Math.round((reference - lon) / 360);
}

function escaped(text: string): string {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}
