// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { LegendCard, rampGradient, ticks } from "../../src/search/legend";
import type { Legend } from "../../src/server/search";
import { choose, closeDocument, one, openDocument, texts } from "../document";

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

describe("the legend on the page", () => {
  const WAVES = { text: "waves", minus: "", id: null, region: null };
  const onOpacity = vi.fn();
  let card: LegendCard;

  beforeEach(() => {
    openDocument();
    card = new LegendCard({ onOpacity });
  });

  afterEach(closeDocument);

  it("tells the colours in numbers, and what these are", () => {
    card.show(PERCENTILES, WAVES);
    expect([one("#legend").hidden, texts(".legend-numbers span")]).toEqual([false, ["50", "75", "100"]]);
    expect(texts("figcaption")).toEqual(["How well it fits: percentile"]);
    card.show({ ...PERCENTILES, by: "cosine" }, WAVES);
    expect(texts("figcaption")).toEqual(["How well it fits: cosine"]);
    card.hide();
    expect(one("#legend").hidden).toBe(true);
  });

  it("names both sides of a difference", () => {
    const difference = { ...PERCENTILES, rescale: [-50, 50] as [number, number], difference: true };
    card.show(difference, { ...WAVES, minus: "rain" });
    expect(texts("figcaption span")).toEqual(["←\u00a0rain", "waves\u00a0→"]);
    card.show(difference, { ...WAVES, minus: "rain", id: "q1" });
    expect(texts("figcaption span").at(-1)).toBe("the recording\u00a0→");
  });

  it("asks for the opacity that is chosen", () => {
    choose(one<HTMLInputElement>(".legend-opacity input"), "40");
    expect(onOpacity).toHaveBeenCalledWith(0.4);
  });
});
