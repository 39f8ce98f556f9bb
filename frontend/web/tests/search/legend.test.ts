import { describe, expect, it } from "vitest";

import { rampGradient, ticks } from "../../src/search/legend";
import type { Legend } from "../../src/server/search";

const PERCENTILES: Legend = {
  by: "percentile",
  rescale: [50, 100],
  difference: false,
  stops: [
    { value: 50, colour: "#000004", alpha: 0 },
    { value: 100, colour: "#fcfdbf", alpha: 0.8 },
  ],
};

describe("a legend", () => {
  it("has the colours of the glow from its lowest value to its highest", () => {
    expect(rampGradient(PERCENTILES)).toBe("linear-gradient(to right, #00000400, #fcfdbfcc)");
  });

  it("names both ends and the middle", () => expect(ticks(PERCENTILES)).toEqual(["50", "75", "100"]));

  it("shows to which side a difference goes", () => {
    expect(ticks({ ...PERCENTILES, rescale: [-50, 50], difference: true })).toEqual(["−50", "0", "+50"]);
    expect(ticks({ ...PERCENTILES, by: "cosine", rescale: [-0.2, 0.2], difference: true })).toEqual(["−0.20", "0.00", "+0.20"]);
  });

  it("shows cosines as they are", () => {
    expect(ticks({ ...PERCENTILES, by: "cosine", rescale: [-0.1, 0.4] })).toEqual(["−0.10", "0.15", "0.40"]);
  });
});
