// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Concepts } from "../../src/tools/concepts";
import { BEACH } from "../answers";
import { type SomeBench, someBench } from "../bench";
import { buttonNamed, choose, closeDocument, one, openDocument, settle, texts } from "../document";
import { refusal, Server } from "../server";

const ALL = [
  { id: 7, name: "surf" },
  { id: 8, name: "birdsong" },
  { id: 9, name: null },
];
const SURF = {
  ...ALL[0],
  captions: [{ id: "c1", text: "waves on a beach", weight: 0.5 }],
  recordings: [{ id: "r1", title: "gulls", url: "/gallery/r1/audio", weight: 0.25 }],
  cells: [{ ...BEACH, percentile: 99, score: 0.4, z: 12, x: 0, y: 0 }],
  heatmap: "/heatmap/tilejson.json?concept=7",
  notes: ["Its name is a guess."],
  weighed: { done: 2, total: 2 },
};

describe("the concepts", () => {
  let server: Server;
  let bench: SomeBench;
  let tool: Concepts;

  beforeEach(() => {
    openDocument();
    server = new Server({ "/concepts": () => ({ concepts: ALL, total: 3 }), "/concepts/7": () => SURF });
    bench = someBench();
    tool = new Concepts(bench);
    one("#tool-body").replaceChildren(tool.element);
  });

  const button = (name: string): HTMLButtonElement => buttonNamed(name, one("#tool-body"));

  afterEach(() => {
    tool.close();
    vi.useRealTimers();
    closeDocument();
  });

  const open = async (concept: number | null): Promise<void> => {
    tool.open({ points: [], concept });
    await settle();
  };
  const chips = (): string[] => texts(".concept-chips button");

  it("are listed by name, and found by it or by their number", async () => {
    await open(null);
    expect([chips(), texts(".concepts > .tool-facts")]).toEqual([["surf", "birdsong"], ["2 concepts"]]);
    choose(one<HTMLInputElement>("#concept-filter"), "SUR");
    expect(chips()).toEqual(["surf"]);
    choose(one<HTMLInputElement>("#concept-filter"), "9");
    expect(chips()).toEqual(["Concept 9"]);
  });

  it("are opened one at a time: what weighs each most, and where it is", async () => {
    await open(null);
    button("surf").click();
    await settle();
    expect(bench.tell).toHaveBeenCalledWith({ points: [], concept: 7 });
    expect([texts(".concept-name"), one("#concept-filter").hidden]).toEqual([["surf"], true]);
    expect(texts(".concept h3:not(.concept-name)")).toEqual([
      "Places that have most of it",
      "Captions that weigh it most",
      "Recordings that weigh it most",
    ]);
    button("0.959°\u00a0N, 0.253°\u00a0E · percentile 99.0").click();
    expect(bench.visit).toHaveBeenCalledWith(expect.objectContaining(BEACH));
    button("Light up the map with it").click();
    expect(bench.seek).toHaveBeenCalledWith({ text: "", minus: "", id: null, region: null, concept: 7 });
    button("Play: gulls").click();
    expect(one<HTMLAudioElement>("audio").src).toContain("/gallery/r1/audio");
    button("All concepts").click();
    await settle();
    expect([chips(), bench.tell]).toEqual([["surf", "birdsong"], expect.anything()]);
    expect(bench.tell).toHaveBeenLastCalledWith({ points: [], concept: null });
  });

  it("that are named by a link and are not are told of, with the way back", async () => {
    server.answers["/concepts/999999"] = () => refusal("Unknown concept", "there is none", 404);
    await open(999999);
    expect(texts(".tool-trouble")).toEqual(["Unknown concept. there is none"]);
    button("All concepts").click();
    await settle();
    expect(chips()).toEqual(["surf", "birdsong"]);
  });

  it("are looked at again as long as they are being weighed", async () => {
    vi.useFakeTimers();
    const weighing = { ...SURF, captions: [], weighed: { done: 1, total: 2 } };
    const answers = [weighing, weighing, SURF];
    server.answers["/concepts/7"] = () => answers.shift();
    tool.open({ points: [], concept: 7 });
    await vi.advanceTimersByTimeAsync(1);
    expect(texts(".concept-rows")).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([texts(".concept-rows").length, server.asked.length]).toEqual([2, 3]);
  });
});
