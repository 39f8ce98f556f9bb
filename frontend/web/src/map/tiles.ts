/** Follows which tiles of Leaflet's layers are missing. */

import type * as L from "leaflet";

import type { TileEvents } from "./lost-tiles";

/** A function that follows the layers it is given, all together: one that takes another's place may still lack tiles. */
export function tileWatch(events: TileEvents): (layer: L.TileLayer) => void {
  const lost = new Set<HTMLElement>();
  return (layer) => {
    layer.on("tileerror", ({ tile }: L.TileErrorEvent) => {
      lost.add(tile);
      events.onLost(tile.src);
    });
    layer.on("tileunload", ({ tile }: L.TileEvent) => {
      if (lost.delete(tile) && lost.size === 0) events.onWhole();
    });
  };
}
