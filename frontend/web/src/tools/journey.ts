/** A path over the map as a journey: where it stops to listen, and where it is at a time. */

import type { Point } from "../server/geo";

/** How many stops a journey has at least, when its path is long enough for their footprints, and at most. */
export const FEWEST_STOPS = 8;
export const STAY = 5; // seconds at each stop

const EARTH_RADIUS = 6_371_008.8; // metres

/** Metres between two points, along the surface of the Earth. */
export function distance(one: Point, other: Point): number {
  const radians = (degrees: number): number => (degrees * Math.PI) / 180;
  const [south, north] = [radians(one.lat), radians(other.lat)];
  const half = (angle: number): number => Math.sin(angle / 2) ** 2;
  const chord = half(north - south) + Math.cos(south) * Math.cos(north) * half(radians(other.lon - one.lon));
  return 2 * EARTH_RADIUS * Math.asin(Math.min(Math.sqrt(chord), 1));
}

/** Metres along a path. */
export function pathLength(points: Point[]): number {
  return points.slice(1).reduce((sum, point, i) => sum + distance(points[i] ?? point, point), 0);
}

/**
 * Where a journey stops: at every point of its path, and between them where the way is longest.
 *
 * Stops are added until there are `FEWEST_STOPS`, or they would lie closer than `apart` metres.
 */
export function stopsAlong(points: Point[], apart: number): Point[] {
  const legs = points.slice(1).map((to, i) => ({ from: points[i] ?? to, to, parts: 1 }));
  const stretch = ({ from, to, parts }: (typeof legs)[number]): number => distance(from, to) / parts;
  for (let stops = points.length; stops < FEWEST_STOPS; stops++) {
    const longest = legs.reduce((best, leg) => (stretch(leg) > stretch(best) ? leg : best), legs[0] ?? NO_LEG);
    if (distance(longest.from, longest.to) / (longest.parts + 1) < apart) break;
    longest.parts += 1;
  }
  const between = legs.flatMap(({ from, to, parts }) =>
    Array.from({ length: parts }, (_, i) => along(from, to, (i + 1) / parts)),
  );
  return [...points.slice(0, 1), ...between];
}

/** Seconds that a journey of so many stops takes. */
export function duration(stops: number): number {
  return stops * STAY;
}

/** Which of so many stops is heard after so many seconds. */
export function stopAt(stops: number, seconds: number): number {
  return Math.min(Math.max(Math.floor(seconds / STAY), 0), stops - 1);
}

/** Where a journey is after so many seconds: it passes each stop in the middle of its stay. */
export function positionAt(stops: Point[], seconds: number): Point | null {
  const at = Math.min(Math.max(seconds / STAY - 0.5, 0), stops.length - 1);
  const [from, to] = [stops[Math.floor(at)], stops[Math.ceil(at)]];
  return from && to ? along(from, to, at - Math.floor(at)) : null;
}

const NO_LEG = { from: { lat: 0, lon: 0 }, to: { lat: 0, lon: 0 }, parts: 1 };

/** The point at a share of the way between two, over the dateline when that is shorter. */
function along(from: Point, to: Point, share: number): Point {
  const east = ((((to.lon - from.lon + 180) % 360) + 360) % 360) - 180;
  const lon = from.lon + east * share;
  return { lat: from.lat + (to.lat - from.lat) * share, lon: ((((lon + 180) % 360) + 360) % 360) - 180 };
}
