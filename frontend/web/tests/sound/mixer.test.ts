import { describe, expect, it } from "vitest";

import { nearer } from "../../src/sound/mixer";

describe("a mix whose goal changes on the way", () => {
  it("keeps the power of all voices together", () => {
    let shares = [1, 0, 0];
    for (const goal of [1, 2, 0, 2]) {
      for (let step = 0; step < 7; step++) shares = shares.map((share, i) => nearer(share, i === goal ? 1 : 0, 0.04));
      expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 10);
    }
  });
});
