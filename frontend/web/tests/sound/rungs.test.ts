import { describe, expect, it } from "vitest";

import type { Job } from "../../src/server/sounds";
import { rungWords } from "../../src/sound/rungs";
import { FOLEY, TANGOFLUX } from "./some-engines";

describe("the half of the switch for the sound that is made", () => {
  it("says where the sound stands", () => {
    expect(rungWords({ kind: "idle" }, TANGOFLUX)).toBe("About 11\u00a0min on this server");
    expect(rungWords({ kind: "idle" }, null)).toBe("No engine is ready");
    expect(rungWords({ kind: "rendering", percent: 7 }, FOLEY)).toBe("Rendering, 7\u00a0%");
    expect(rungWords({ kind: "done", job: { engine: "foley" } as Job }, TANGOFLUX)).toBe("Ready, by Foley");
  });
});
