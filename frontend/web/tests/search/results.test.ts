import { describe, expect, it } from "vitest";

import { title } from "../../src/search/results";
import type { MatchArea, SearchAnswer } from "../../src/server/search";

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
