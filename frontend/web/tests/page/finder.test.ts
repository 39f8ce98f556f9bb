// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { parseDegrees, watchFinder } from "../../src/page/finder";
import { buttonNamed, closeDocument, one, openDocument } from "../document";

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

describe("the form for coordinates", () => {
  const go = vi.fn();
  const [lat, lon] = ["#finder-lat", "#finder-lon"];

  beforeEach(() => {
    openDocument();
    go.mockReset();
    watchFinder(go);
  });

  afterEach(closeDocument);

  const ask = (...[north, east]: [string, string]): void => {
    one<HTMLInputElement>(lat).value = north;
    one<HTMLInputElement>(lon).value = east;
    buttonNamed("Go").click();
  };

  it("goes where it is told", () => {
    ask("33,9 S", "18.4");
    expect([go.mock.calls, one("#finder-words").textContent]).toEqual([[[-33.9, 18.4]], ""]);
  });

  it.each([
    ["95", "0", lat, "Latitude is a number of degrees from −90 to 90."],
    ["0", "east", lon, "Longitude is a number of degrees from −180 to 180."],
  ])("answers %s, %s beside the field that is wrong, which gets the focus", (north, east, field, words) => {
    ask(north, east);
    expect(one("#finder-words").textContent).toBe(words);
    expect([document.activeElement, one(field).getAttribute("aria-invalid")]).toEqual([one(field), "true"]);
    expect(go).not.toHaveBeenCalled();
  });
});
