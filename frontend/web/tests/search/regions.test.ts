import { describe, expect, it } from "vitest";

import { progressWords } from "../../src/search/regions";
import type { Region } from "../../src/server/search";

const REGION: Region = {
  name: "null-island",
  title: "Null Island",
  bounds: [-1, -1, 1, 1],
  zoom: 12,
  cells: 1000,
  done: 428,
  failed: 2,
  state: "building",
  imagery: "null-island",
  scale: 1,
  hash: "h",
  seconds_left: 24.2,
};

describe("the progress of a region", () => {
  const words = (change: Partial<Region>): string => progressWords({ ...REGION, ...change }).replaceAll("\u00a0", " ");

  it("says how far it has come and how long it will take", () => {
    expect(words({})).toBe("Null Island is being listened to: 43%, 25 s left");
    expect(words({ seconds_left: 200 })).toBe("Null Island is being listened to: 43%, 4 min left");
  });

  it("says nothing of the time as long as nobody knows", () => {
    expect(words({ done: 0, failed: 0, seconds_left: null })).toBe("Null Island is being listened to: 0%");
  });

  it("reaches 100% only at the end", () => {
    expect(words({ done: 997 })).toContain("99%");
    expect(words({ cells: 0 })).toContain("0%");
  });
});
