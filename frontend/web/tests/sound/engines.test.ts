import { describe, expect, it } from "vitest";

import { Problem } from "../../src/server/problem";
import type { Engine, Job } from "../../src/server/sounds";
import { chosenEngine, engineTerms, isQuick } from "../../src/sound/engines";
import { stageWords } from "../../src/sound/making";
import { rungWords } from "../../src/sound/rungs";

const FOLEY: Engine = {
  name: "foley",
  default: true,
  available: true,
  needs: "nothing",
  licence: "CC0-1.0",
  notice: "",
  seconds_per_10s: 0.4,
  knows_time: true,
};
const TANGOFLUX: Engine = {
  ...FOLEY,
  name: "tangoflux",
  default: false,
  needs: "its weights: run `earshot pull tangoflux`",
  notice: "Powered by Stability AI",
  seconds_per_10s: 660,
  knows_time: false,
};

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

describe("a sound on its way", () => {
  it("says its turn", () => expect(stageWords({ kind: "queued", position: 2 }, FOLEY)).toBe("Queued: 2nd in line"));

  it("says how far it is and, where that is long, how long it still takes", () => {
    expect(stageWords({ kind: "rendering", percent: 50 }, FOLEY)).toBe("Rendering, 50\u00a0%");
    expect(stageWords({ kind: "rendering", percent: 50 }, TANGOFLUX)).toBe("Rendering, 50\u00a0%, about 6\u00a0min left");
  });

  it("says why it failed in the server's words", () => {
    const problem = new Problem("The sound could not be made", "The disk is full.", 0, 1);
    expect(stageWords({ kind: "failed", problem }, FOLEY)).toContain("The disk is full.");
  });

  it("is summed up on its half of the switch", () => {
    expect(rungWords({ kind: "idle" }, TANGOFLUX)).toBe("About 11\u00a0min on this server");
    expect(rungWords({ kind: "idle" }, null)).toBe("No engine is ready");
    expect(rungWords({ kind: "rendering", percent: 7 }, FOLEY)).toBe("Rendering, 7\u00a0%");
    expect(rungWords({ kind: "done", job: { engine: "foley" } as Job }, TANGOFLUX)).toBe("Ready, by Foley");
  });
});
