// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type MapEvents, SoundMap } from "../../src/map/map";
import type { TileJson } from "../../src/server/search";
import { area, BEACH, TILES } from "../answers";
import { closeDocument, one, openDocument, texts } from "../document";

const GLOW = { ...TILES, tiles: ["/heatmap/{z}/{x}/{y}.png?q=1"] } as TileJson;

describe("what a search draws over the map", () => {
  const lost = { onLost: vi.fn(), onWhole: vi.fn() };
  const onRank = vi.fn();
  let map: SoundMap;

  beforeEach(() => {
    openDocument();
    vi.clearAllMocks();
    const events: MapEvents = { onPick: vi.fn(), onLook: vi.fn(), onArrive: vi.fn(), onRank, imagery: lost, glow: lost };
    map = new SoundMap(one("#map"), events);
    map.goTo(BEACH.lat, BEACH.lon, 10);
  });

  afterEach(closeDocument);

  const layers = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(".glow-layer")];
  const glowing = (): HTMLImageElement[] => [...document.querySelectorAll<HTMLImageElement>(".glow-layer img")];
  const arrive = (image: HTMLElement): boolean => image.dispatchEvent(new Event("load"));

  it("is a glow that takes the place of the one before once all of it has come", () => {
    map.overlay.showGlow(GLOW, 12);
    const before = layers()[0];
    map.overlay.showGlow({ ...GLOW, tiles: ["/heatmap/{z}/{x}/{y}.png?q=2"] }, 12);
    expect(layers()).toHaveLength(2);
    glowing().filter(({ src }) => src.endsWith("q=2")).forEach(arrive);
    expect([layers().length, layers().includes(before!)]).toEqual([1, false]);
  });

  it("is as strong as is chosen, and gives way where one cell fills the view", () => {
    map.overlay.showGlow(GLOW, 12);
    expect([layers()[0]?.style.opacity, one("#map").classList.contains("map-glowing")]).toEqual(["1", true]);
    map.overlay.setOpacity(0.5);
    expect(layers()[0]?.style.opacity).toBe("0.5");
    map.goTo(BEACH.lat, BEACH.lon, 13);
    expect([Number(layers()[0]?.style.opacity), one("#map").classList.contains("map-glowing")]).toEqual([expect.closeTo(0.18, 5), false]);
  });

  it("is told of when a part of it is lost, and when none is missing any more", () => {
    map.overlay.showGlow(GLOW, 12);
    glowing()[0]?.dispatchEvent(new Event("error"));
    expect(lost.onLost).toHaveBeenCalledWith(expect.stringContaining("/heatmap/10/"));
    expect(lost.onWhole).not.toHaveBeenCalled();
    map.overlay.reloadGlow();
    expect(lost.onWhole).toHaveBeenCalledOnce();
  });

  it("is a badge for each place that was found, which chooses it and can be made to stand out", () => {
    map.overlay.showAreas([area(1), area(2)]);
    expect([texts(".badge"), document.querySelectorAll("path.area").length]).toEqual([["1", "2"], 2]);
    const [first, second] = document.querySelectorAll<HTMLElement>(".badge");
    second?.click();
    expect(onRank).toHaveBeenCalledWith(2);
    map.overlay.point(1);
    expect([texts(".badge-pointed"), document.querySelectorAll(".area-pointed").length]).toEqual([["1"], 1]);
    map.overlay.point(null);
    expect(first?.classList.contains("badge-pointed")).toBe(false);
  });

  it("is taken away altogether", () => {
    map.overlay.showGlow(GLOW, 12);
    map.overlay.showAreas([area(1)]);
    map.overlay.clear();
    expect([layers(), texts(".badge"), one("#map").classList.contains("map-glowing")]).toEqual([[], [], false]);
  });
});
