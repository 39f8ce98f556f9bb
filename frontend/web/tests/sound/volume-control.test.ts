import { describe, expect, it } from "vitest";

import { loudnessWords } from "../../src/sound/volume-control";

describe("a loudness in words", () => {
  it("is said in percent", () => {
    expect(loudnessWords({ level: 0.35, isMuted: false })).toBe("35%");
    expect(loudnessWords({ level: 0.35, isMuted: true })).toBe("35%, muted");
  });
});
