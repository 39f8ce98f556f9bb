// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Mixer, nearer } from "../../src/sound/mixer";
import { volume } from "../../src/sound/volume";
import { closeDocument, openDocument } from "../document";
import { sounding, stubWebAudio } from "../web-audio";

describe("a mix whose goal changes on the way", () => {
  it("keeps the power of all voices together", () => {
    let shares = [1, 0, 0];
    for (const goal of [1, 2, 0, 2]) {
      for (let step = 0; step < 7; step++) shares = shares.map((share, i) => nearer(share, i === goal ? 1 : 0, 0.04));
      expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 10);
    }
  });
});

describe("a mixer", () => {
  const loop = (): AudioBuffer => new AudioBuffer({ numberOfChannels: 1, sampleRate: 100, length: 100 });
  const powers = (): number[] => [...sounding].map(({ gain }) => Number(((gain?.gain.value ?? 0) ** 2).toFixed(2)));

  beforeEach(() => {
    vi.useFakeTimers();
    openDocument();
    stubWebAudio();
  });

  afterEach(() => {
    vi.useRealTimers();
    closeDocument();
  });

  it("fades from one loop to another, whose powers sum to the same all the way, and lets the first go", () => {
    const mixer = new Mixer();
    mixer.to("surf", loop());
    vi.advanceTimersByTime(8000);
    expect(powers()).toEqual([1]);
    mixer.to("rain", loop());
    const sums: number[] = [];
    for (let i = 0; i < 20; i++) {
      vi.advanceTimersByTime(80);
      sums.push(powers().reduce((sum, power) => sum + power));
    }
    expect(Math.min(...sums)).toBeGreaterThan(0.98);
    expect(Math.max(...sums)).toBeLessThan(1.02);
    vi.advanceTimersByTime(8000);
    expect(powers()).toEqual([1]);
  });

  it("goes on with a loop that is chosen again, and is silent when nothing is", () => {
    const mixer = new Mixer();
    const surf = loop();
    mixer.to("surf", surf);
    mixer.to("surf", surf);
    expect(sounding.size).toBe(1);
    mixer.hush();
    vi.advanceTimersByTime(8000);
    expect([sounding.size, vi.getTimerCount()]).toEqual([0, 0]);
  });

  it("that is closed stops at once, and follows the page's volume no more", async () => {
    const mixer = new Mixer();
    mixer.to("surf", loop());
    const master = [...sounding][0]?.gain?.to as { gain: { value: number } };
    volume.level = 0.5;
    expect(master.gain.value).toBe(0.5);
    await mixer.close();
    volume.level = 1;
    expect([sounding.size, master.gain.value, vi.getTimerCount()]).toEqual([0, 0.5, 0]);
  });
});
