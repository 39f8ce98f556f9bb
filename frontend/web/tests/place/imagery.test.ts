import { describe, expect, it } from "vitest";

import { imageryWords, openingImagery } from "../../src/place/imagery";
import type { Capabilities, Imagery } from "../../src/server/api";

function source(name: string, online: boolean, reachable: boolean | null): Imagery {
  const tiles = `/imagery/${name}/{z}/{x}/{y}`;
  return { name, attribution: name, gsd: 0.6, min_zoom: 0, max_zoom: 19, bounds: null, online, reachable, tiles };
}

function server(esri: boolean | null): Capabilities {
  const imagery = [source("null-island", false, true), source("esri", true, esri)];
  const checkpoint = { name: "embedded", hash: "0", config: {}, precision: "float32" as const };
  const captioner = { name: "llava", available: false, needs: "", licence: "", prompt: "" };
  return { version: "0", checkpoint, captioner, engines: [], imagery, default_imagery: "esri", scales: [1] };
}

describe("the page opens", () => {
  it("on the world when its imagery can be reached", () => expect(openingImagery(server(true))?.name).toBe("esri"));

  it.each([false, null])("on Null Island when it cannot be, or nobody knows (%s)", (reachable) =>
    expect(openingImagery(server(reachable))?.name).toBe("null-island"),
  );

  it("on nothing when the server has no imagery", () =>
    expect(openingImagery({ ...server(true), imagery: [] })).toBeNull());
});

describe("imagery is called", () => {
  it.each([
    ["null-island", "Null Island"],
    ["raster:s2_dolomites_rgb_10m", "S2 dolomites rgb 10m"],
    ["raster:", "raster:"],
    ["xyz:https://tiles/{z}", "xyz:https://tiles/{z}"],
  ])("what people read (%s)", (name, words) => expect(imageryWords(name)).toBe(words));
});
