import type { Position } from "geojson";
import { describe, expect, it } from "vitest";

import { countryOutlines, unroll } from "../../src/map/outlines";

describe("country outlines", () => {
  it("run on beyond the dateline instead of jumping across the map", () => {
    const ring: Position[] = [[170, 60], [179, 61], [-178, 62], [-170, 60], [179, 59], [170, 60]];
    unroll(ring);
    expect(ring.map(([lon]) => lon)).toEqual([170, 179, 182, 190, 179, 170]);
  });

  it("cover the world, without a jump in any of them", async () => {
    const { features } = await countryOutlines();
    expect(features.length).toBeGreaterThan(150);
    const rings = features.flatMap(({ geometry }) => geometry.coordinates);
    const jumps = rings.flatMap((ring) => ring.slice(1).map(([lon = 0], i) => Math.abs(lon - (ring[i]?.[0] ?? 0))));
    expect(Math.max(...jumps)).toBeLessThanOrEqual(180);
  });
});
