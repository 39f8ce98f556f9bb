/** What a search draws over the map: the glow, and the areas of the ranked places. With `map.ts` and `map-tiles.ts`, all that knows Leaflet. */

import * as L from "leaflet";

import { escaped } from "../kit/dom";
import type { MatchArea, TileJson } from "../server/search";
import { nearest } from "./copies";
import type { TileEvents } from "./lost-tiles";
import { tileWatch } from "./tiles";

const GLOW_PANE = "glow";
const AREA_PANE = "areas";

/** The glow of one query at a time. */
export class Overlay {
  readonly #map: L.Map;
  readonly #onChoose: (rank: number) => void;
  readonly #watchTiles: (layer: L.TileLayer) => void;
  readonly #areas = new Map<number, { area: L.GeoJSON; badge: L.Marker }>();
  readonly #drawn = L.layerGroup();
  #glow: L.TileLayer | null = null;
  readonly #glowing = new Set<L.TileLayer>(); // the one in use, and those that go when it has come
  #opacity = 1;
  #cellZoom = 0;

  constructor(map: L.Map, onChoose: (rank: number) => void, glow: TileEvents) {
    this.#map = map;
    this.#onChoose = onChoose;
    this.#watchTiles = tileWatch(glow);
    map.createPane(GLOW_PANE).style.zIndex = "230"; // above the imagery, beneath the outlines
    map.createPane(AREA_PANE).style.zIndex = "350";
    this.#drawn.addTo(map);
    map.on("zoomend", () => this.#fade());
  }

  /**
   * Shows the glow of these tiles over cells that are map tiles of `cellZoom`.
   *
   * The one before goes when they have come, so that nothing flickers.
   */
  showGlow(tiles: TileJson, cellZoom: number): void {
    const before = [...this.#glowing];
    this.#cellZoom = cellZoom;
    const [west, south, east, north] = tiles.bounds;
    this.#glow = L.tileLayer(tiles.tiles[0] ?? "", {
      pane: GLOW_PANE,
      className: "glow-layer",
      attribution: escaped(tiles.attribution),
      minNativeZoom: tiles.minzoom,
      maxNativeZoom: tiles.maxzoom,
      bounds: [
        [south, west],
        [north, east],
      ],
      updateWhenZooming: false,
    });
    this.#watchTiles(this.#glow);
    this.#glow.once("load", () => this.#takeAway(before));
    this.#glowing.add(this.#glow.addTo(this.#map));
    this.#fade();
  }

  /** Asks again for every tile of the glow in view. */
  reloadGlow(): void {
    this.#glow?.redraw();
  }

  /** Outlines ranked places, each with a badge of its rank that chooses it, in the copy of the world around `middle`. */
  showAreas(areas: MatchArea[], middle = 0): void {
    this.#drawn.clearLayers();
    this.#areas.clear();
    for (const { geometry, properties } of areas) {
      const area = L.geoJSON(geometry, {
        pane: AREA_PANE,
        interactive: false,
        style: { className: "area", fill: false },
        coordsToLatLng: ([lon, lat]) => L.latLng(lat, nearest(lon, middle)),
      });
      const badge = L.marker([properties.best.lat, nearest(properties.best.lon, middle)], {
        icon: L.divIcon({ className: "badge", html: String(properties.rank), iconSize: [24, 24], iconAnchor: [12, 34] }),
        keyboard: false, // the list beside the map is what the keyboard uses
        riseOnHover: true,
        zIndexOffset: -properties.rank,
      });
      badge.on("click", () => this.#onChoose(properties.rank));
      this.#drawn.addLayer(area).addLayer(badge);
      this.#areas.set(properties.rank, { area, badge });
    }
  }

  /** Makes one place stand out among the others; null: none. */
  point(rank: number | null): void {
    for (const [number, { area, badge }] of this.#areas) {
      area.eachLayer((layer) => (layer as L.Path).getElement()?.classList.toggle("area-pointed", number === rank));
      badge.getElement()?.classList.toggle("badge-pointed", number === rank);
    }
  }

  /** How much of the imagery the glow covers, 0 to 1. */
  setOpacity(opacity: number): void {
    this.#opacity = opacity;
    this.#fade();
  }

  /** Takes everything off the map. */
  clear(): void {
    this.#takeAway([...this.#glowing]);
    this.#glow = null;
    this.showAreas([]);
    this.#fade();
  }

  #takeAway(layers: L.TileLayer[]): void {
    for (const layer of layers) {
      layer.remove();
      this.#glowing.delete(layer);
    }
  }

  /** Lets the glow give way, step by step, where one cell fills the view: there the place itself is to be seen. */
  #fade(): void {
    const closer = this.#map.getZoom() - this.#cellZoom;
    this.#glow?.setOpacity(this.#opacity * glowShare(closer));
    this.#map.getContainer().classList.toggle("map-glowing", this.#glow !== null && closer < 0);
  }
}

/** How much of its strength the glow keeps when the map is zoomed in beyond the cells by so many steps. */
function glowShare(closer: number): number {
  return closer < 0 ? 1 : Math.max(0.6 * 0.6 ** closer, 0.15);
}
