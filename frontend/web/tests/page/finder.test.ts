import { describe, expect, it } from "vitest";

import { parseDegrees } from "../../src/page/finder";

describe("coordinates typed by hand", () => {
  it.each([
    ["0.05", 0.05],
    ["-33,9", -33.9],
    ["33.9 S", -33.9],
    ["\u22121.5", -1.5],
    [" 12° n ", 12],
    ["90", 90],
  ])("such as %s are understood", (text, degrees) => expect(parseDegrees(text, 90)).toBe(degrees));

  it.each(["", "abc", "91", "-90.1", "12 E", "1e1", "1.2.3", "Infinity"])("such as %s are refused", (text) =>
    expect(parseDegrees(text, 90)).toBeNull(),
  );

  it("know east from west", () => expect(parseDegrees("151.2 W", 180)).toBe(-151.2));
});
