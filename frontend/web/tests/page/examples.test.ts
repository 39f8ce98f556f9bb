import { describe, expect, it } from "vitest";

import { examplePlaces } from "../../src/page/examples";

describe("the places worth a first click", () => {
  it("lie on Null Island where that is shown, and in the world where the imagery covers it", () => {
    const near = examplePlaces({ name: "null-island", bounds: [-2, -2, 2, 2] });
    expect(near.length).toBeGreaterThan(3);
    expect(near.every(({ lat, lon }) => Math.abs(lat) < 2 && Math.abs(lon) < 2)).toBe(true);
    expect(examplePlaces({ name: "esri", bounds: null }).map(({ name }) => name)).toContain("Shibuya, Tokyo");
  });

  it("are none for imagery of a part of the world that nobody has looked at yet", () => {
    expect(examplePlaces({ name: "raster:town.tif", bounds: [7, 47, 8, 48] })).toEqual([]);
  });
});
