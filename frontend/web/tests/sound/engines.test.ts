import { describe, expect, it } from "vitest";

import { chosenEngine, engineTerms, isQuick } from "../../src/sound/engines";
import { FOLEY, TANGOFLUX } from "./some-engines";

describe("the engine to begin with", () => {
  it("is the one chosen last", () => expect(chosenEngine([FOLEY, TANGOFLUX], "tangoflux")).toBe(TANGOFLUX));

  it("is the server's own choice when none was, or that one is not there any more", () => {
    expect(chosenEngine([TANGOFLUX, FOLEY], null)).toBe(FOLEY);
    expect(chosenEngine([{ ...TANGOFLUX, available: false }, FOLEY], "tangoflux")).toBe(FOLEY);
    expect(chosenEngine([], "tangoflux")).toBeNull();
  });
});

describe("before anyone waits", () => {
  it("each engine says how long it takes, or what it needs", () => {
    expect(engineTerms(FOLEY)).toBe("Under a second on this server");
    expect(engineTerms(TANGOFLUX)).toBe("About 11\u00a0min on this server");
    expect(engineTerms({ ...FOLEY, seconds_per_10s: null })).toContain("being measured");
    expect(engineTerms({ ...TANGOFLUX, available: false })).toContain("earshot pull tangoflux");
  });

  it("only what is quick is begun without being told to", () => {
    expect(isQuick(FOLEY)).toBe(true);
    expect(isQuick(TANGOFLUX)).toBe(false);
    expect(isQuick({ ...FOLEY, seconds_per_10s: null })).toBe(true);
    expect(isQuick({ ...TANGOFLUX, seconds_per_10s: null })).toBe(false);
  });
});
