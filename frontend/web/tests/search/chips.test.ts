// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Chips, nextStop } from "../../src/search/chips";
import { closeDocument, one, openDocument, press, texts } from "../document";

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

describe("the examples below the field", () => {
  const choose = vi.fn();
  const field = (): HTMLInputElement => one<HTMLInputElement>("#search-text");
  const focused = (): string => document.activeElement?.textContent ?? "";
  const stops = (): string[] => texts("#search-examples [tabindex='0']");

  beforeEach(() => {
    openDocument();
    choose.mockReset();
    new Chips(field(), one<HTMLUListElement>("#search-examples"), choose);
    field().focus();
  });

  afterEach(closeDocument);

  it("are one stop for the Tab key, which moves along with the arrows", () => {
    expect(stops()).toEqual(["waves crashing on rocks"]);
    for (const key of ["ArrowDown", "ArrowRight"]) press(document.activeElement!, key);
    expect([focused(), stops()]).toEqual(["heavy city traffic", ["heavy city traffic"]]);
    for (const key of ["ArrowLeft", "ArrowUp"]) press(document.activeElement!, key);
    expect(document.activeElement).toBe(field());
  });

  it("are chosen by a press", () => {
    press(field(), "ArrowDown");
    (document.activeElement as HTMLElement).click();
    expect(choose).toHaveBeenCalledWith("waves crashing on rocks");
  });

  it("leave to the field the keys that they have no use for", () => {
    press(field(), "ArrowUp");
    expect(document.activeElement).toBe(field());
  });
});
