import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Address } from "../../src/kit/permalink";
import { batch, type Signal, signal } from "../../src/kit/signal";
import { AddressBar, stepBetween } from "../../src/page/address-bar";
import { NOWHERE } from "../nowhere";

const PLACE = { lat: 1, lon: 2, scale: 1, zoom: 14, imagery: null };
const HERE: Address = { ...NOWHERE, place: PLACE };
const WAVES = { text: "waves", minus: "", id: null, region: null };

describe("a step from one view to another", () => {
  it.each([
    ["another place", { place: { ...PLACE, lat: 3 } }],
    ["no place", { place: null }],
    ["a search", { query: WAVES }],
    ["a tool", { tool: { name: "path" as const, points: [], concept: null } }],
  ])("is a new entry of the history when it leads to %s", (_, change) => {
    expect(stepBetween(HERE, { ...HERE, ...change })).toBe("new");
  });

  it("is a new entry when it leads to another concept", () => {
    const tool = { name: "concepts" as const, points: [], concept: 1 };
    expect(stepBetween({ ...HERE, tool }, { ...HERE, tool: { ...tool, concept: 2 } })).toBe("new");
  });

  it.each([
    ["scale", { place: { ...PLACE, scale: 3 } }],
    ["imagery", { place: { ...PLACE, imagery: "esri" } }],
    ["time", { when: { month: 7, hour: null } }],
    ["caption", { caption: "generate" as const }],
    ["layers", { layers: { base: "plain" as const, hidden: [] } }],
  ])("changes the latest entry when only the %s is another", (_, change) => {
    expect(stepBetween(HERE, { ...HERE, ...change })).toBe("same");
  });

  it("changes the latest entry when a tool works on other points", () => {
    const tool = { name: "path" as const, points: [], concept: null };
    expect(stepBetween({ ...HERE, tool }, { ...HERE, tool: { ...tool, points: [{ lat: 1, lon: 1 }] } })).toBe("same");
  });

  it("is a look when only the map was moved, and nothing when not even that", () => {
    expect(stepBetween(HERE, { ...HERE, place: { ...PLACE, zoom: 15 } })).toBe("look");
    expect(stepBetween(HERE, { ...HERE, camera: { lat: 0, lon: 0, zoom: 3 } })).toBe("look");
    expect(stepBetween(HERE, { ...HERE, place: { ...PLACE, lat: 1.0000001 } })).not.toBe("same");
    expect(stepBetween(HERE, { ...HERE })).toBe("none");
  });

  it("is none when two queries ask for the same in other objects", () => {
    expect(stepBetween({ ...HERE, query: WAVES }, { ...HERE, query: { ...WAVES } })).toBe("none");
  });
});

describe("the address", () => {
  const written: string[] = [];
  let view: Signal<Address | null>;
  let rests: Signal<number>;
  let bar: AddressBar;
  let camera = 14; // the zoom that the map stands at, of which no signal tells

  /** The view as it is, with the map as it stands. */
  const seen = (): Address | null => {
    const { value } = view;
    return value && { ...value, place: value.place && { ...value.place, zoom: camera } };
  };

  beforeEach(() => {
    vi.useFakeTimers();
    const location = { hash: "#1.00000,2.00000,1,14", pathname: "/" };
    const write = (kind: string) => (_: unknown, __: string, url: string) => {
      location.hash = url.startsWith("#") ? url : "";
      written.push(`${kind} ${url}`);
    };
    vi.stubGlobal("location", location);
    vi.stubGlobal("history", { pushState: write("push"), replaceState: write("replace") });
    written.length = 0;
    camera = 14;
    view = signal<Address | null>(HERE);
    rests = signal(0);
    bar = new AddressBar(seen, rests);
    bar.watch();
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("is not written as long as nothing has changed", () => {
    vi.runAllTimers();
    expect(written).toEqual([]);
  });

  it("follows a change in place, and another place as a new entry", () => {
    view.value = { ...HERE, layers: { base: "plain", hidden: [] } };
    view.value = { ...HERE, place: { ...PLACE, lon: 3 } };
    expect(written).toEqual(["replace #1.00000,2.00000,1,14?base=plain", "push #1.00000,3.00000,1,14"]);
  });

  it("follows several changes made as one with one entry", () => {
    batch(() => {
      view.value = { ...HERE, caption: "generate" };
      view.value = { ...HERE, query: WAVES };
      view.value = { ...NOWHERE, query: WAVES };
    });
    expect(written).toEqual(["push #?q=waves"]);
  });

  it("follows the map once it has stood still for a moment, however often it was moved before", () => {
    for (camera = 5; camera < 9; camera++) {
      rests.value++;
      vi.advanceTimersByTime(200);
    }
    expect(written).toEqual([]);
    vi.advanceTimersByTime(300);
    expect(written).toEqual(["replace #1.00000,2.00000,1,9"]);
  });

  it("does not follow a map that the page itself has moved, before something else is written", () => {
    camera = 9;
    vi.runAllTimers();
    expect(written).toEqual([]);
    view.value = { ...HERE, caption: "generate" };
    expect(written).toEqual(["replace #1.00000,2.00000,1,9?caption=generate"]);
  });

  it("keeps the entry of a place that is left while the map still moves", () => {
    camera = 9;
    rests.value++;
    view.value = { ...HERE, place: { ...PLACE, lat: 3 } };
    vi.runAllTimers();
    expect(written).toEqual(["push #3.00000,2.00000,1,9"]);
  });

  it("that is followed is not written again, not even when the page would write it in another way", () => {
    location.hash = "#3,4,1,9?checkpoint=garbage";
    camera = 9;
    bar.adopt(() => (view.value = { ...HERE, place: { ...PLACE, lat: 3, lon: 4 } }));
    view.value = { ...HERE, place: { ...PLACE, lat: 3, lon: 4 } };
    vi.runAllTimers();
    expect(written).toEqual([]);
    view.value = { ...HERE, place: { ...PLACE, lat: 3, lon: 4, scale: 3 } };
    expect(written).toEqual(["replace #3.00000,4.00000,3,9"]);
  });

  it("forgets where the map looked when another one is followed meanwhile", () => {
    rests.value++;
    camera = 5;
    rests.value++;
    bar.adopt(() => (view.value = NOWHERE));
    vi.runAllTimers();
    expect(written).toEqual([]);
  });

  it("of nothing is the page's own", () => {
    view.value = NOWHERE;
    expect(written).toEqual(["push /"]);
  });
});
