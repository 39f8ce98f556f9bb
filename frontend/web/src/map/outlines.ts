/** Country outlines for orientation where there is no imagery; bundled, and fetched only after the map stands. */

import type { Feature, FeatureCollection, MultiPolygon, Polygon, Position } from "geojson";
import type { GeometryCollection, Topology } from "topojson-specification";

/** The countries of the world at 1:110 million (Natural Earth), each island and exclave a polygon of its own. */
export async function countryOutlines(): Promise<FeatureCollection<Polygon>> {
  const [{ feature }, atlas] = await Promise.all([import("topojson-client"), import("world-atlas/countries-110m.json")]);
  const topology = atlas.default as unknown as Topology<{ countries: GeometryCollection }>;
  const countries = feature(topology, topology.objects.countries) as FeatureCollection<Polygon | MultiPolygon>;
  return { type: "FeatureCollection", features: countries.features.flatMap(({ geometry }) => polygons(geometry)) };
}

function polygons(geometry: Polygon | MultiPolygon): Feature<Polygon>[] {
  const parts = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  return parts.map((coordinates) => {
    coordinates.forEach(unroll);
    return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates } };
  });
}

/** Shifts a ring's longitudes in place so that it runs on beyond 180° instead of jumping across the whole map. */
export function unroll(ring: Position[]): void {
  let turns = 0;
  let before: number | undefined;
  for (const position of ring) {
    const lon = position[0] ?? 0;
    if (before !== undefined && Math.abs(lon - before) > 180) turns += lon < before ? 1 : -1;
    before = lon;
    position[0] = lon + 360 * turns;
  }
}
