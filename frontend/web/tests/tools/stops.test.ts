import { describe, expect, it } from "vitest";

import { inTurns } from "../../src/tools/stops";

describe("work in turns", () => {
  it("keeps the order and runs no more at once than it may", async () => {
    let [running, most] = [0, 0];
    const results = await inTurns([3, 1, 2, 0], 2, async (item) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, item));
      running--;
      return 10 * item;
    });
    expect(results).toEqual([30, 10, 20, 0]);
    expect(most).toBe(2);
  });

  it("ends with the first error and starts nothing after it", async () => {
    const started: number[] = [];
    const work = inTurns([0, 1, 2, 3], 1, async (item) => {
      started.push(item);
      if (item === 1) throw new Error("no imagery");
    });
    await expect(work).rejects.toThrow("no imagery");
    expect(started).toEqual([0, 1]);
  });
});
