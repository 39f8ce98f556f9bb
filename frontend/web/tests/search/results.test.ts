// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Results, title } from "../../src/search/results";
import type { MatchArea, SearchAnswer } from "../../src/server/search";
import { area, found } from "../answers";
import { buttonNamed, closeDocument, one, openDocument, texts } from "../document";

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

describe("the list of what was found", () => {
  const events = { onChoose: vi.fn(), onPoint: vi.fn(), onBack: vi.fn() };
  let results: Results;

  beforeEach(() => {
    openDocument();
    vi.clearAllMocks();
    results = new Results(events);
    results.show(found("waves", { notes: ["Night is not told."] }), "Null Island", true);
  });

  afterEach(closeDocument);

  const row = (rank: number): HTMLElement => one(`.result[data-rank='${rank}']`);
  const bar = (): string[] => texts(".results-bar > *");

  it("has a row for each place: where it is, how large and how bright", () => {
    expect(texts("#results-title")).toEqual(["3 places sound like “waves”"]);
    expect(texts(".result-words", row(1))).toEqual(["1.059°\u00a0N, 0.253°\u00a0E12\u00a0km² · percentile 98.0"]);
    expect(texts(".notes li")).toEqual(["Night is not told."]);
  });

  it("is mirrored on the map by what is looked at, and then by what is heard", () => {
    row(2).focus();
    expect(events.onPoint).toHaveBeenLastCalledWith(2);
    row(2).dispatchEvent(new Event("blur"));
    expect(events.onPoint).toHaveBeenLastCalledWith(null);
    results.mark(3);
    row(1).dispatchEvent(new PointerEvent("pointerenter"));
    row(1).dispatchEvent(new PointerEvent("pointerleave"));
    expect(events.onPoint).toHaveBeenLastCalledWith(3);
  });

  it("gives its room to a place that is chosen, with the steps to the next and back to the row", () => {
    row(2).click();
    expect(events.onChoose.mock.calls[0]?.[0]).toMatchObject({ rank: 2 });
    results.mark(2);
    results.makeRoom();
    expect([one(".results-list").hidden, bar().slice(0, 2)]).toEqual([true, ["All 3 places", "2 of 3"]]);
    buttonNamed("The next place, and its sound").click();
    expect(events.onChoose.mock.calls[1]?.[0]).toMatchObject({ rank: 3 });
    buttonNamed("All 3 places").click();
    expect([one(".results-list").hidden, events.onBack.mock.calls.length, document.activeElement]).toEqual([false, 1, row(2)]);
  });

  it("has no step before the first, behind the last or from a place that it does not have", () => {
    const steps = (): boolean[] => ["The place before", "The next place"].map((step) => buttonNamed(`${step}, and its sound`).disabled);
    results.mark(1);
    expect(steps()).toEqual([true, false]);
    results.mark(3);
    expect(steps()).toEqual([false, true]);
    results.mark(null);
    expect(bar()[1]).toBe("");
  });

  it("leaves the focus where it is while its region grows", () => {
    row(2).focus();
    results.show(found("waves", { features: [area(2), area(5)] }), "Null Island", false);
    expect(document.activeElement).toBe(row(2));
  });

  it("that is taken away leaves no place to choose", () => {
    results.hide();
    expect([one("#results").hidden, results.find(1)]).toEqual([true, undefined]);
  });
});
