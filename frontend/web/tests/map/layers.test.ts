// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { SoundMap } from "../../src/map/map";
import { someMap } from "../bench";
import { imagery } from "../capabilities";
import { closeDocument, one, openDocument } from "../document";

const ISLAND = imagery("null-island", { tiles: "/imagery/null-island/{z}/{x}/{y}.png", attribution: "Null <b>Island</b>", bounds: [-2, -2, 2, 2] });

describe("what lies on the ground of the map", () => {
  let map: SoundMap;

  beforeEach(() => {
    openDocument();
    map = someMap();
    map.layers.showImagery(ISLAND);
  });

  afterEach(closeDocument);

  const tiles = (): string[] => [...document.querySelectorAll<HTMLImageElement>("img.leaflet-tile")].map(({ src }) => src);
  const credits = (): HTMLElement => one(".leaflet-control-attribution");

  it("is the imagery of one source, with its attribution as text", () => {
    expect(tiles()[0]).toMatch(/\/imagery\/null-island\/13\/\d+\/\d+\.png$/);
    expect([credits().textContent, credits().querySelector("b")]).toEqual(["Null <b>Island</b>", null]);
    map.layers.showImagery(imagery("esri", { tiles: "/imagery/esri/{z}/{x}/{y}.png", attribution: "Esri" }));
    expect(tiles().every((src) => src.includes("/esri/"))).toBe(true);
    expect(credits().textContent).toBe("Esri");
  });

  it("is a plain map of land and water where that is chosen", async () => {
    await map.layers.showOutlines();
    map.layers.show({ base: "plain", hidden: ["outlines", "footprint"] });
    expect([tiles(), credits().textContent]).toEqual([[], "Outlines: Natural Earth"]);
    const lands = document.querySelectorAll("path.outline").length;
    expect([lands > 150, document.querySelectorAll("path.outline-land").length]).toEqual([true, lands]);
    expect([one("#map").dataset["base"], one("#map").dataset["hide"]]).toEqual(["plain", "outlines footprint"]);
    map.layers.show({ base: "imagery", hidden: ["outlines"] });
    expect([tiles().length > 0, document.querySelectorAll("path.outline").length]).toEqual([true, 0]);
  });

  it("has filled land around imagery that ends, and none where the imagery is of all the world", async () => {
    await map.layers.showOutlines();
    expect(document.querySelectorAll("path.outline-land").length).toBeGreaterThan(150);
    map.layers.showImagery(imagery("esri", { tiles: "/imagery/esri/{z}/{x}/{y}.png" }));
    expect(document.querySelectorAll("path.outline-land").length).toBe(0);
  });
});
