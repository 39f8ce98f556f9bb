import { describe, expect, it } from "vitest";

import { equalPower, seamless } from "../../src/sound/samples";

describe("a crossfade", () => {
  it.each([0, 0.1, 0.5, 0.9, 1])("keeps the power at %d of the way", (share) => {
    const [out, into] = equalPower(share);
    expect(out ** 2 + into ** 2).toBeCloseTo(1, 10);
  });

  it("goes from the one sound to the other", () => {
    expect(equalPower(0)).toEqual([1, 0]);
    expect(equalPower(1)[0]).toBeCloseTo(0, 10);
  });
});

describe("a loop", () => {
  const sound = Float32Array.from({ length: 1000 }, (_, i) => i + 1);
  const loop = seamless(sound, 200);

  it("goes on at its end where it began", () => {
    expect(loop).toHaveLength(800);
    expect(loop[799]).toBe(800);
    expect(Math.abs((loop[0] ?? 0) - 801)).toBeLessThan(5); // what follows the end is the faded-out rest
  });

  it("is the sound itself beyond the seam", () => expect([...loop.subarray(200)]).toEqual([...sound.subarray(200, 800)]));

  it("of noise is as loud at the seam as elsewhere", () => {
    let state = 1;
    const noise = Float32Array.from({ length: 40_000 }, () => ((state = (state * 48_271) % 2_147_483_647) / 2_147_483_647) - 0.5);
    const looped = seamless(noise, 10_000);
    const power = (part: Float32Array): number => part.reduce((sum, sample) => sum + sample ** 2, 0) / part.length;
    expect(power(looped.subarray(0, 10_000)) / power(looped.subarray(10_000))).toBeCloseTo(1, 1);
  });
});
