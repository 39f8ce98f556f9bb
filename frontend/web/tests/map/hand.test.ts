// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type Hand, rim } from "../../src/map/hand";
import type { SoundMap } from "../../src/map/map";
import { BEACH } from "../answers";
import { pointer, someMap } from "../bench";
import { closeDocument, one, openDocument, press, texts } from "../document";

describe("a tool's hold on the map", () => {
  let map: SoundMap;

  beforeEach(() => {
    openDocument();
    HTMLElement.prototype.setPointerCapture ??= () => undefined;
    map = someMap();
  });

  afterEach(() => {
    map.hand.give(null);
    vi.useRealTimers();
    closeDocument();
  });

  const near = { lat: expect.closeTo(BEACH.lat, 3) as number, lon: expect.closeTo(BEACH.lon, 3) as number };
  const key = (name: string, more = {}): boolean => {
    const event = new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, ...more });
    one("#map").dispatchEvent(event);
    return event.defaultPrevented;
  };

  it("takes Enter, the arrows, Backspace and Escape, as far as it wants them", () => {
    const hand = { onPick: vi.fn(), onStep: vi.fn(), onDelete: vi.fn(), onEscape: vi.fn() } satisfies Hand;
    map.hand.give(hand);
    press(one("#map"), "Enter");
    expect(hand.onPick).toHaveBeenCalledWith(near);
    const taken = [key("ArrowUp"), key("ArrowRight", { shiftKey: true }), key("Backspace"), key("Escape"), key("a")];
    expect(taken).toEqual([true, true, true, true, false]);
    expect(hand.onStep.mock.calls).toEqual([[0, -1], [3, 0]]);
    expect([hand.onDelete.mock.calls.length, hand.onEscape.mock.calls.length]).toEqual([1, 1]);
  });

  it("follows the pointer that is held, and pulls the map on at its rim", () => {
    vi.useFakeTimers();
    const onDrag = vi.fn();
    map.hand.give({ onDrag });
    pointer("pointermove", 10);
    expect(onDrag).not.toHaveBeenCalled();
    pointer("pointerdown");
    expect(onDrag).toHaveBeenLastCalledWith(near);
    const { lon } = map.camera;
    pointer("pointermove", 245);
    vi.advanceTimersByTime(200);
    expect(map.camera.lon).toBeGreaterThan(lon);
    pointer("pointerup", 245);
    const { length } = onDrag.mock.calls;
    vi.advanceTimersByTime(200);
    pointer("pointermove");
    expect(onDrag.mock.calls).toHaveLength(length);
  });

  it("that is given back leaves clicks and keys to the map, and no mark on it", () => {
    const onPick = vi.fn();
    map.hand.give({ onPick });
    map.hand.draw([BEACH, { lat: 0.9, lon: 0.3 }], [{ point: BEACH, className: "path-point", label: "1" }]);
    map.hand.showEar(BEACH);
    expect([texts(".path-point"), texts(".ear").length, document.querySelectorAll(".path-line").length]).toEqual([["1"], 1, 1]);
    map.hand.give(null);
    press(one("#map"), "Enter");
    expect([texts(".path-point, .ear"), document.querySelectorAll(".path-line").length, onPick.mock.calls]).toEqual([[], 0, []]);
  });

  it("knows a point so many pixels away, and how much ground they are", () => {
    const metres = map.hand.metresPerPixel(BEACH.lat);
    const { lat, lon } = map.hand.offset(BEACH, 100, 0);
    expect(lat).toBeCloseTo(BEACH.lat, 6);
    expect((lon - BEACH.lon) * 111_320).toBeCloseTo(100 * metres, -1);
    expect(map.hand.offset({ lat: 85, lon: 0 }, 0, -10_000).lat).toBe(85);
  });

  it("keeps a point in sight", () => {
    map.hand.keepInSight({ lat: BEACH.lat, lon: BEACH.lon + 0.1 });
    expect(map.isInView([{ lat: BEACH.lat, lon: BEACH.lon + 0.1 }])).toBe(true);
  });

  it.each([[10, -1], [500, 0], [990, 1]])("feels the rim of the map (%i)", (at, side) => expect(rim(at, 0, 1000)).toBe(side));
});
