import { describe, expect, it } from "vitest";

import { Problem } from "../../src/server/problem";
import { stageWords } from "../../src/sound/making";
import { FOLEY, TANGOFLUX } from "./some-engines";

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
});
