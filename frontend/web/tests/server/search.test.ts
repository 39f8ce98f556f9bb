import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { glow, search, type SearchAnswer, searchRecording } from "../../src/server/search";

const TILES = '{"legend": "http://earshot:8000/heatmap/legend?q=a", "tiles": ["http://earshot:8000/heatmap/{z}/{x}/{y}.png?q=a"]}';
const asked: { url: string; init: RequestInit }[] = [];

beforeEach(() => {
  asked.length = 0;
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    asked.push({ url, init });
    return Promise.resolve(new Response(TILES));
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("the client of the search", () => {
  it("asks for words, for one sound less another and for a kept recording", async () => {
    await search({ text: "waves", minus: "", id: null, region: null });
    await search({ text: "waves", minus: "city traffic", id: null, region: "null-island" });
    await search({ text: "named", minus: "rain", id: "r1", region: null });
    expect(asked.map(({ url }) => url)).toEqual([
      "/search?q=waves",
      "/search?q=waves&minus=city+traffic&region=null-island",
      "/search?query=r1&minus=rain",
    ]);
  });

  it("sends a recording with the words beside it, and leaves out what is empty", async () => {
    await searchRecording(new Blob(["x"]), { text: "at night", minus: "", id: null, region: null });
    await searchRecording(new File(["x"], "dawn.ogg"), { text: "", minus: "", id: null, region: null });
    const forms = asked.map(({ init }) => init.body as FormData);
    expect(asked.map(({ init }) => init.method)).toEqual(["POST", "POST"]);
    expect(forms.map((form) => [...form.keys()])).toEqual([["q", "file"], ["file"]]);
    expect(forms.map((form) => (form.get("file") as File).name)).toEqual(["recording.wav", "dawn.ogg"]);
  });

  it("finds the tiles of the glow by the answer, and the legend by the tiles", async () => {
    const { tiles } = await glow({ heatmap: "http://earshot:8000/heatmap/tilejson.json?q=a" } as SearchAnswer);
    expect(asked.map(({ url }) => url)).toEqual(["/heatmap/tilejson.json?q=a", "/heatmap/legend?q=a"]);
    expect(tiles.tiles).toEqual(["/heatmap/{z}/{x}/{y}.png?q=a"]);
  });
});
