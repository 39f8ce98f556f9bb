/** The copies of the world that lie side by side on the map. */

import type { Point } from "../server/geo";

/** The copy of a longitude that lies nearest to another one. */
export function nearest(lon: number, reference: number): number {
  return lon + 360 * Math.round((reference - lon) / 360);
}

/** A line whose longitudes run on across the dateline, in the copy of the world nearest to `reference`. */
export function unrolled(line: Point[], reference: number): Point[] {
  let before = reference;
  return line.map(({ lat, lon }) => {
    before = nearest(lon, before);
    return { lat, lon: before };
  });
}
