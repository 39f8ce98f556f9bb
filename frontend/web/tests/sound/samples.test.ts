import { describe, expect, it } from "vitest";

import { nearer } from "../../src/sound/mixer";
import { equalPower, seamless } from "../../src/sound/samples";
import { partsOf } from "../../src/tools/render";

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

describe("a mix whose goal changes on the way", () => {
  it("keeps the power of all voices together", () => {
    let shares = [1, 0, 0];
    for (const goal of [1, 2, 0, 2]) {
      for (let step = 0; step < 7; step++) shares = shares.map((share, i) => nearer(share, i === goal ? 1 : 0, 0.04));
      expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 10);
    }
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

describe("the parts of a journey", () => {
  it("join stops in a row that sound the same", () => {
    const [a, b] = [{} as AudioBuffer, {} as AudioBuffer];
    const stops = [{ name: "a", sound: a }, { name: "a", sound: a }, { name: "b", sound: b }, { name: "a", sound: a }];
    expect(partsOf(stops).map(({ from, to }) => [from, to])).toEqual([[0, 2], [2, 3], [3, 4]]);
  });
});
