// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type MapEvents, SoundMap } from "../../src/map/map";
import { BEACH } from "../answers";
import { closeDocument, one, openDocument, press, texts } from "../document";

describe("the map", () => {
  const tiles = { onLost: vi.fn(), onWhole: vi.fn() };
  const events: MapEvents = { onPick: vi.fn(), onLook: vi.fn(), onArrive: vi.fn(), onRank: vi.fn(), imagery: tiles, glow: tiles };
  let map: SoundMap;

  beforeEach(() => {
    openDocument();
    vi.clearAllMocks();
    map = new SoundMap(one("#map"), events);
  });

  afterEach(closeDocument);

  const picked = (): unknown => vi.mocked(events.onPick).mock.calls.at(-1);
  const footprints = (): number => document.querySelectorAll("path.footprint").length;

  it("goes to a place, and says where it looks", () => {
    map.goTo(BEACH.lat, BEACH.lon, 13);
    expect(map.camera).toEqual({ lat: expect.closeTo(BEACH.lat, 3), lon: expect.closeTo(BEACH.lon, 3), zoom: 13 });
  });

  it("looks at the middle of what nothing covers", () => {
    map.setInsets({ top: 0, left: 0, right: 200, bottom: 0 });
    map.goTo(BEACH.lat, BEACH.lon, 13);
    expect(map.camera.lon).toBeCloseTo(BEACH.lon, 3);
    press(one("#map"), "Enter");
    expect(picked()).toEqual([expect.closeTo(BEACH.lat, 3), expect.closeTo(BEACH.lon, 3)]);
    expect(one("#map").style.getPropertyValue("--centre-x")).toBe("150px");
  });

  it("gives longitudes of the world, whichever copy of it is looked at", () => {
    map.goTo(0, 360.25, 6);
    press(one("#map"), "Enter");
    expect(picked()).toEqual([expect.closeTo(0, 3), expect.closeTo(0.25, 1)]);
  });

  it("shows all of a region, also across the dateline", () => {
    map.showArea([0, 0.8, 1.4, 1.5]);
    expect(map.isInView([{ lat: 0.85, lon: 0.05 }, { lat: 1.45, lon: 1.35 }])).toBe(true);
    map.showArea([170, -10, -170, 10]);
    expect(Math.abs(map.camera.lon)).toBeCloseTo(180, 0);
    expect(map.zoom).toBeGreaterThan(3);
  });

  it("shows points together, no closer than is asked for, and tells whether they are seen", () => {
    const points = [BEACH, { lat: 1.3029, lon: 0.92063 }];
    map.goTo(BEACH.lat, BEACH.lon, 15);
    expect(map.isInView(points)).toBe(false);
    map.showPoints(points, 15);
    expect(map.isInView(points)).toBe(true);
    map.showPoints([BEACH, { lat: BEACH.lat + 1e-4, lon: BEACH.lon }], 12);
    expect(map.zoom).toBe(12);
  });

  it("marks the place that is listened to, and draws its footprint once it is known", () => {
    map.showListening(BEACH.lat, BEACH.lon);
    expect([texts(".pin-listening").length, footprints()]).toEqual([1, 0]);
    map.showFootprint([0.25, 0.957, 0.256, 0.961]);
    expect([texts(".pin-listening").length, texts(".pin").length, footprints()]).toEqual([0, 1, 1]);
    map.showFootprintClosely();
    expect([map.zoom > 13, map.isInView([BEACH])]).toEqual([true, true]);
    map.clearPlace();
    expect([texts(".pin").length, footprints()]).toEqual([0, 0]);
  });

  it("leaves a place without an answer marked, without a footprint", () => {
    map.showListening(BEACH.lat, BEACH.lon);
    map.showSilence();
    expect([texts(".pin").length, texts(".pin-listening").length, footprints()]).toEqual([1, 0, 0]);
  });

  it("goes close to a footprint only when its patches could not be told apart", () => {
    map.goTo(BEACH.lat, BEACH.lon, 8);
    map.showListening(BEACH.lat, BEACH.lon);
    map.showFootprint([0.25, 0.957, 0.256, 0.961]);
    map.showFootprintAtLeast(112);
    const near = map.zoom;
    expect(near).toBeGreaterThan(12);
    map.showFootprintAtLeast(112);
    expect(map.zoom).toBe(near);
  });

  it("moves no more than it must for a place to be seen", () => {
    map.goTo(0, 0, 10);
    map.showListening(0, 0.1);
    map.reveal();
    expect(map.camera.lon).toBeCloseTo(0, 6);
    map.showListening(0, 0.33);
    map.reveal();
    expect(map.isInView([{ lat: 0, lon: 0.33 }])).toBe(true);
    expect(map.camera.lon).toBeGreaterThan(0);
  });

  it("tells of looks that are the person's, not of its own", () => {
    map.goTo(0, 0, 8);
    expect(events.onLook).not.toHaveBeenCalled();
    const zoomIn = one<HTMLAnchorElement>(".leaflet-control-zoom-in");
    zoomIn.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
    zoomIn.click();
    expect([map.zoom, vi.mocked(events.onLook).mock.calls.length > 0]).toEqual([9, true]);
  });
});
