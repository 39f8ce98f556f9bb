/** Where things are, in degrees. */

/** A position. */
export interface Point {
  lat: number;
  lon: number;
}

/** West, south, east, north; east lies beyond 180 when the dateline is crossed. */
export type Bounds = [number, number, number, number];
