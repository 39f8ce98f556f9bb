import { describe, expect, it } from "vitest";

import { type Address, formatAddress, MOST_POINTS, parseAddress } from "../../src/kit/permalink";
import { NOWHERE } from "../nowhere";

const PLACE = { lat: -33.8916, lon: 151.2767, scale: 3, zoom: 16, imagery: null };
const EVERYTHING: Address = {
  place: { ...PLACE, imagery: "xyz:https://tiles/{z}?, a" },
  query: { text: "waves; rain", minus: "traffic", id: null, region: null },
  camera: { lat: 1.25, lon: -179.5, zoom: 7 },
  when: { month: 12, hour: 0 },
  caption: "generate",
  layers: { base: "plain", hidden: ["glow", "footprint"] },
  tool: { name: "path", points: [{ lat: 1, lon: 2 }, { lat: -3.5, lon: 4.25 }], concept: null },
  checkpoint: "d3323636",
};

describe("a permalink", () => {
  it("of a place is short", () => {
    expect(formatAddress({ ...NOWHERE, place: PLACE })).toBe("#-33.89160,151.27670,3,16");
  });

  it("of nothing is empty", () => expect(formatAddress(NOWHERE)).toBe("#"));

  it("reads back everything it wrote", () => {
    expect(parseAddress(formatAddress(EVERYTHING))).toEqual({ address: EVERYTHING, unread: [] });
  });

  it.each([
    { name: "compare" as const, points: [{ lat: 1, lon: 2 }], concept: null },
    { name: "concepts" as const, points: [], concept: 211 },
    { name: "wander" as const, points: [], concept: null },
  ])("reads back the tool that is open ($name)", (tool) => {
    expect(parseAddress(formatAddress({ ...NOWHERE, tool })).address.tool).toEqual(tool);
  });

  it.each(["#1,2,3", "#91,0,1,5", "#0,181,1,5", "#0,0,1.5,5", "#0,0,0,5", "#,,1,5", "#NaN,0,1,5", "#0,0,1,99", "#panel"])(
    "with garbage for a place (%s) says so",
    (hash) => expect(parseAddress(hash)).toEqual({ address: NOWHERE, unread: ["the place"] }),
  );

  it.each(["", "#"])("that says nothing (%j) leaves nothing unread", (hash) => {
    expect(parseAddress(hash)).toEqual({ address: NOWHERE, unread: [] });
  });

  it.each([
    ["month=13", "month"],
    ["hour=noon", "hour"],
    ["caption=guess", "caption"],
    ["view=0,0", "view"],
    ["base=moon", "base"],
    ["hide=glow,stars", "hide"],
    ["tool=hammer", "tool"],
    ["checkpoint=%3Cscript%3E", "checkpoint"],
    ["tool=path&path=1,2;x", "path"],
    ["tool=compare&with=1", "with"],
    ["tool=concepts,x", "tool"],
  ])("with garbage in a part (%s) shows the rest and names that part", (parameters, part) => {
    const { address, unread } = parseAddress(`#${formatAddress({ ...NOWHERE, place: PLACE }).slice(1)}?${parameters}`);
    expect(unread).toEqual([part]);
    expect(address.place).toEqual(PLACE);
  });

  it("with a path of ten thousand points is not followed there", () => {
    const path = Array.from({ length: 10_000 }, () => "0,0").join(";");
    const { address, unread } = parseAddress(`#?tool=path&path=${path}`);
    expect(unread).toEqual(["path"]);
    expect(address.tool).toEqual({ name: "path", points: [], concept: null });
    const most = Array.from({ length: MOST_POINTS }, () => "0,0").join(";");
    expect(parseAddress(`#?tool=path&path=${most}`).unread).toEqual([]);
  });

  it.each([
    ["tool=wander&path=1,2;3,4", { name: "wander", points: [], concept: null }],
    ["tool=compare&path=1,2;3,4", { name: "compare", points: [{ lat: 1, lon: 2 }], concept: null }],
    ["tool=layers,27", { name: "layers", points: [], concept: null }],
  ])("gives a tool only what it works on (%s)", (parameters, tool) => {
    expect(parseAddress(`#?${parameters}`)).toMatchObject({ address: { tool }, unread: [] });
  });

  it("with a broken imagery name still names the place", () => {
    expect(parseAddress("#1,2,1,5,%E0%A4%A").address.place).toEqual({ lat: 1, lon: 2, scale: 1, zoom: 5, imagery: null });
  });
});
