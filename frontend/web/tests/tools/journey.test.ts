import { describe, expect, it } from "vitest";

import { distance, duration, FEWEST_STOPS, pathLength, positionAt, STAY, stopsAlong } from "../../src/tools/journey";

const A = { lat: 0, lon: 0 };
const B = { lat: 0, lon: 1 };

describe("a path", () => {
  it("is as long as its legs together", () => {
    expect(distance(A, B)).toBeCloseTo(111_195, -1);
    expect(pathLength([A, B, A])).toBeCloseTo(2 * distance(A, B), 3);
    expect(pathLength([A])).toBe(0);
  });

  it("is measured over the dateline, not around the world", () => {
    expect(distance({ lat: 0, lon: 179.5 }, { lat: 0, lon: -179.5 })).toBeCloseTo(distance(A, B), 3);
  });
});

describe("the stops of a journey", () => {
  it("include every point of the path, and lie evenly on a straight one", () => {
    const stops = stopsAlong([A, B], 100);
    expect(stops).toHaveLength(FEWEST_STOPS);
    expect(stops[0]).toEqual(A);
    expect(stops.at(-1)?.lon).toBeCloseTo(1);
    expect(stops.map(({ lon }) => lon * (FEWEST_STOPS - 1)).map(Math.round)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("are where the way is longest", () => {
    const stops = stopsAlong([A, { lat: 0, lon: 0.01 }, B], 100);
    expect(stops.filter(({ lon }) => lon > 0.01)).toHaveLength(FEWEST_STOPS - 2);
  });

  it("are no more than there are footprints on a short path", () => {
    expect(stopsAlong([A, { lat: 0, lon: 0.001 }], 150)).toHaveLength(2);
    expect(stopsAlong([A, A], 150)).toHaveLength(2);
  });

  it("cross the dateline by the short way", () => {
    const stops = stopsAlong([{ lat: 0, lon: 179 }, { lat: 0, lon: -179 }], 100);
    expect(stops.every(({ lon }) => Math.abs(lon) >= 179)).toBe(true);
  });

  it("are passed in the middle of their stay", () => {
    const stops = [A, B, A];
    expect(duration(3)).toBe(3 * STAY);
    expect(positionAt(stops, 0)).toEqual(A);
    expect(positionAt(stops, STAY)?.lon).toBeCloseTo(0.5);
    expect(positionAt(stops, 1.5 * STAY)).toEqual(B);
    expect(positionAt(stops, 99 * STAY)).toEqual(A);
    expect(positionAt([], 1)).toBeNull();
  });
});
