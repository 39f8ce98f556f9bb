import { describe, expect, it } from "vitest";

import { progressWords } from "../../src/search/regions";
import { title } from "../../src/search/results";
import type { MatchArea, Region, SearchAnswer } from "../../src/server/search";

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

describe("the title of what was found", () => {
  const answer = (count: number, change: Partial<SearchAnswer["query"]> = {}): SearchAnswer => ({
    features: Array<MatchArea>(count).fill({} as MatchArea),
    query: { id: "q1", text: "waves", minus: "", recording: false, ...change },
    region: "null-island",
    found: count,
    heatmap: "",
    progress: { done: 1, failed: 0, total: 1 },
    notes: [],
  });

  it("counts the places", () => {
    expect(title(answer(1), "Null Island")).toBe("1 place sounds like “waves”");
    expect(title(answer(12, { minus: "rain" }), "Null Island")).toBe("12 places sound like “waves”, less like “rain”");
    expect(title(answer(2, { text: "", recording: true }), "Null Island")).toBe("2 places sound like the recording");
  });

  it("says when there are more than are listed", () => {
    const words = title({ ...answer(20), found: 57 }, "Null Island");
    expect(words).toBe("The best 20 of 57 places that sound like “waves”");
  });

  it("says plainly that there is none", () => {
    expect(title(answer(0), "Null Island")).toBe("No place in Null Island clearly sounds like “waves”.");
  });
});
