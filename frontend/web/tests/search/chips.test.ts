import { describe, expect, it } from "vitest";

import { nextStop } from "../../src/search/chips";

describe("the arrows among the examples", () => {
  it("go along the row and stop at its end", () => {
    expect(nextStop("ArrowRight", 0, 3)).toBe(1);
    expect(nextStop("ArrowDown", 2, 3)).toBe(2);
    expect(nextStop("End", 0, 3)).toBe(2);
    expect(nextStop("Home", 2, 3)).toBe(0);
  });

  it("lead back to the field above", () => {
    expect(nextStop("ArrowUp", 0, 3)).toBe(-1);
    expect(nextStop("Escape", 2, 3)).toBe(-1);
  });

  it.each(["Enter", "Tab", "a"])("leave other keys alone (%s)", (key) => expect(nextStop(key, 1, 3)).toBeNull());
});
