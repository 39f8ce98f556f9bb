import { describe, expect, it } from "vitest";

import { formatPermalink, parsePermalink } from "../src/permalink";

describe("a permalink", () => {
  it("reads back what it wrote", () => {
    const view = { lat: -33.8916, lon: 151.2767, scale: 3, zoom: 16, imagery: null };
    expect(formatPermalink(view)).toBe("#-33.89160,151.27670,3,16");
    expect(parsePermalink(formatPermalink(view))).toEqual(view);
  });

  it("names the imagery only when it is not the one the page opens with", () => {
    const view = { lat: 0.05, lon: 0.02, scale: 1, zoom: 12, imagery: "xyz:https://tiles/{z}, a" };
    expect(parsePermalink(formatPermalink(view))).toEqual(view);
  });

  it.each(["", "#", "#panel", "#1,2,3", "#91,0,1,5", "#0,181,1,5", "#0,0,1.5,5", "#0,0,0,5", "#,,1,5", "#NaN,0,1,5", "#0,0,1,99"])(
    "that is no place (%s) names none",
    (hash) => expect(parsePermalink(hash)).toBeNull(),
  );

  it("with a broken imagery name still names the place", () => {
    expect(parsePermalink("#1,2,1,5,%E0%A4%A")).toEqual({ lat: 1, lon: 2, scale: 1, zoom: 5, imagery: null });
  });
});
