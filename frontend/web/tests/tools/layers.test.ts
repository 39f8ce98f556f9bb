// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { LayersTool } from "../../src/tools/layers";
import { imagery } from "../capabilities";
import { type SomeBench, someBench } from "../bench";
import { check, closeDocument, one, openDocument, texts } from "../document";

describe("the choice of layers", () => {
  let bench: SomeBench;
  let tool: LayersTool;

  beforeEach(() => {
    openDocument();
    bench = someBench();
    bench.capabilities.imagery[0] = imagery("null-island", { attribution: "Null Island, made by Earshot" });
    tool = new LayersTool(bench);
    one("#tool-body").replaceChildren(tool.element);
    tool.open();
  });

  afterEach(() => {
    delete document.documentElement.dataset["theme"];
    closeDocument();
  });

  const field = (id: string): HTMLInputElement => one<HTMLInputElement>(`#${id}`);

  it("shows what the map shows", () => {
    expect([field("base-imagery").checked, field("overlay-glow").checked]).toEqual([true, true]);
    bench.layers.value = { base: "plain", hidden: ["glow"] };
    tool.refresh();
    expect([field("base-plain").checked, field("overlay-glow").checked]).toEqual([true, false]);
  });

  it("shows and hides each by itself", () => {
    check(field("overlay-footprint"), false);
    tool.refresh();
    check(field("base-plain"));
    tool.refresh();
    expect(bench.layers.value).toEqual({ base: "plain", hidden: ["footprint"] });
    check(field("overlay-footprint"));
    expect(bench.layers.value).toEqual({ base: "plain", hidden: [] });
  });

  it("leaves the focus on what was chosen", () => {
    field("overlay-areas").focus();
    check(field("overlay-areas"), false);
    tool.refresh();
    expect(document.activeElement).toBe(field("overlay-areas"));
  });

  it("makes the page light or dark", () => {
    check(field("theme-dark"));
    expect(document.documentElement.dataset["theme"]).toBe("dark");
  });

  it("says whose the imagery is", () => {
    expect(texts(".tool-facts")).toEqual(["Imagery: Null Island, made by Earshot. Plain map: Natural Earth."]);
  });
});
