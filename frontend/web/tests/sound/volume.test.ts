import { afterEach, describe, expect, it, vi } from "vitest";

import { parseLoudness, Volume } from "../../src/sound/volume";

/** A browser that keeps what it is told, or refuses to. */
function storage(isRefused = false): Map<string, string> {
  const kept = new Map<string, string>();
  const refuse = (): void => {
    if (isRefused) throw new DOMException("no", "SecurityError");
  };
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => (refuse(), kept.get(key) ?? null),
    setItem: (key: string, value: string) => (refuse(), kept.set(key, value)),
  });
  return kept;
}

afterEach(() => vi.unstubAllGlobals());

describe("the volume", () => {
  it("is full at first", () => {
    storage();
    expect(new Volume().gain).toBe(1);
  });

  it("is heard by all who follow it, until they leave", () => {
    storage();
    const volume = new Volume();
    const heard: number[] = [];
    const leave = volume.follow((gain) => heard.push(gain));
    volume.level = 0.4;
    leave();
    volume.level = 0.9;
    expect(heard).toEqual([1, 0.4]);
  });

  it("is kept from one visit to the next, muted or not", () => {
    storage();
    const before = new Volume();
    before.level = 0.35;
    before.toggleMute();
    const after = new Volume();
    expect([after.gain, after.loudness]).toEqual([0, { level: 0.35, isMuted: true }]);
    after.toggleMute();
    expect(after.gain).toBe(0.35);
  });

  it("works in a browser that keeps nothing", () => {
    storage(true);
    const volume = new Volume();
    volume.level = 0.5;
    expect(volume.gain).toBe(0.5);
  });

  it("comes back from nothing as full", () => {
    storage();
    const volume = new Volume();
    volume.level = 0;
    volume.toggleMute();
    expect(volume.gain).toBe(1);
  });

  it("ends the muting when it is moved", () => {
    storage();
    const volume = new Volume();
    volume.toggleMute();
    volume.level = 0.2;
    expect(volume.loudness).toEqual({ level: 0.2, isMuted: false });
  });

  it.each([null, "", "loud", "2", "-1", "muted"])("is full when what was kept tells none (%j)", (text) =>
    expect(parseLoudness(text)).toEqual({ level: 1, isMuted: false }),
  );
});
