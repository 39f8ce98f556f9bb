import { describe, expect, it, vi } from "vitest";

import { takeFloor } from "../../src/sound/floor";

describe("the floor", () => {
  it("is taken from the voice that had it", () => {
    const [stopA, stopB] = [vi.fn(), vi.fn()];
    takeFloor({}, stopA);
    takeFloor({}, stopB);
    expect(stopA).toHaveBeenCalledOnce();
    expect(stopB).not.toHaveBeenCalled();
  });

  it("is not taken from a voice that takes it again", () => {
    const [voice, stop] = [{}, vi.fn()];
    takeFloor(voice, stop);
    takeFloor(voice, stop);
    expect(stop).not.toHaveBeenCalled();
  });

  it("that was given back is taken from nobody", () => {
    const stop = vi.fn();
    takeFloor({}, stop)();
    takeFloor({}, vi.fn());
    expect(stop).not.toHaveBeenCalled();
  });
});
