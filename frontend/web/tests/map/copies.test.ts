import { describe, expect, it } from "vitest";

import { nearest, unrolled } from "../../src/map/copies";

describe("the copies of the world", () => {
  it.each([
    [170, -170, -190],
    [-179, 179, 181],
    [10, 370, 370],
    [10, 20, 10],
  ])("a longitude of %d is seen from %d at %d", (lon, reference, seen) => {
    expect(nearest(lon, reference)).toBe(seen);
  });

  it("a line runs on across the dateline, beginning in the copy that is looked at", () => {
    const line = [{ lat: 0, lon: 170 }, { lat: 1, lon: -170 }, { lat: 2, lon: -160 }];
    expect(unrolled(line, 0).map(({ lon }) => lon)).toEqual([170, 190, 200]);
    expect(unrolled(line, 540).map(({ lon }) => lon)).toEqual([530, 550, 560]);
    expect(unrolled([], 0)).toEqual([]);
  });
});
