/** What lies on the ground of the map: the tiles of one imagery source, and the outlines of the countries. */

import * as L from "leaflet";

import { escaped } from "../kit/dom";
import { type Layers, SHOWN_AT_FIRST } from "../kit/layers";
import type { Imagery } from "../server/api";
import { countryOutlines } from "./outlines";

const OUTLINE_PANE = "outlines";

/** Shows and hides the ground; the attributions follow. */
export class MapLayers {
  readonly #map: L.Map;
  readonly #watchTiles: (layer: L.TileLayer) => void;
  readonly #zooms: { minZoom: number; maxZoom: number };
  #tiles: L.TileLayer | null = null;
  #outlines: L.GeoJSON | null = null;
  #covered: L.LatLngBounds | null = null;
  #layers: Layers = SHOWN_AT_FIRST;

  constructor(map: L.Map, zooms: { minZoom: number; maxZoom: number }, watchTiles: (layer: L.TileLayer) => void) {
    this.#map = map;
    this.#zooms = zooms;
    this.#watchTiles = watchTiles;
    map.createPane(OUTLINE_PANE).style.zIndex = "250"; // above the tiles, beneath the footprint
  }

  /** Shows a source's tiles instead of the ones before. */
  showImagery({ bounds, tiles, attribution, min_zoom, max_zoom }: Imagery): void {
    this.#tiles?.remove();
    this.#covered = bounds && L.latLngBounds([bounds[1], bounds[0]], [bounds[3], bounds[2]]);
    this.#tiles = L.tileLayer(tiles, {
      ...this.#zooms,
      attribution: escaped(attribution),
      minNativeZoom: min_zoom,
      maxNativeZoom: max_zoom,
      updateWhenZooming: false, // tiles of a zoom that is only passed through are work for nothing
      ...(this.#covered ? { bounds: this.#covered } : {}),
    });
    this.#watchTiles(this.#tiles);
    this.show(this.#layers);
  }

  /** Draws the country outlines; to be called once. */
  async showOutlines(): Promise<void> {
    const countries = await countryOutlines();
    const attribution = "Outlines: Natural Earth";
    this.#outlines = L.geoJSON(countries, { pane: OUTLINE_PANE, interactive: false, attribution });
    this.show(this.#layers);
  }

  /** Shows and hides what may lie on the map. */
  show(layers: Layers): void {
    this.#layers = layers;
    const { base, hidden } = layers;
    if (this.#tiles) shown(this.#map, this.#tiles, base === "imagery");
    if (this.#outlines) shown(this.#map, this.#outlines, base === "plain" || !hidden.includes("outlines"));
    const { dataset } = this.#map.getContainer();
    dataset["base"] = base;
    dataset["hide"] = hidden.join(" ");
    this.#styleOutlines();
  }

  /** Asks again for every tile in view. */
  reloadTiles(): void {
    this.#tiles?.redraw();
  }

  /** Where there is no imagery land is filled; that which a bounded source may lie in stays see-through. */
  #styleOutlines(): void {
    const isPlain = this.#layers.base === "plain";
    this.#outlines?.eachLayer((layer) => {
      const land = layer as L.Polygon;
      const isFilled = isPlain || (this.#covered !== null && !land.getBounds().intersects(this.#covered));
      land.getElement()?.setAttribute("class", isFilled ? "outline outline-land" : "outline");
    });
  }
}

function shown(map: L.Map, layer: L.Layer, isShown: boolean): void {
  if (isShown && !map.hasLayer(layer)) layer.addTo(map);
  if (!isShown) layer.remove();
}
