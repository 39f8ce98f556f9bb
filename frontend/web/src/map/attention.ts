/** The patches of a place that glow on the map. */

import * as L from "leaflet";

import type { Bounds } from "../server/geo";
import { nearest } from "./copies";

const PANE = "attention";

/** One overlay at a time, exactly within the bounds of its chip. */
export class AttentionOverlay {
  readonly #map: L.Map;
  #overlay: L.ImageOverlay | null = null;

  constructor(map: L.Map) {
    this.#map = map;
    map.createPane(PANE).style.zIndex = "240"; // above imagery and glow, beneath the outlines
  }

  /** Lays an image over the ground between these bounds, in the copy of the world that is looked at. */
  show(url: string, [west, south, east, north]: Bounds): void {
    const width = (east < west ? east + 360 : east) - west;
    const left = nearest(west + width / 2, this.#map.getCenter().lng) - width / 2;
    const area = L.latLngBounds([south, left], [north, left + width]);
    const before = this.#overlay;
    this.#overlay = L.imageOverlay(url, area, { pane: PANE, className: "attention-overlay", interactive: false });
    this.#overlay.once("load error", () => before?.remove());
    this.#overlay.addTo(this.#map);
  }

  /** Takes the overlay away. */
  hide(): void {
    this.#overlay?.remove();
    this.#overlay = null;
  }
}
