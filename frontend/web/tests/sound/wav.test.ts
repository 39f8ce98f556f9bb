import { describe, expect, it } from "vitest";

import { mixed, needsBrowser, wavBytes } from "../../src/sound/wav";

function text(view: DataView, at: number): string {
  return String.fromCharCode(...Array.from({ length: 4 }, (_, i) => view.getUint8(at + i)));
}

describe("a WAV file", () => {
  const view = new DataView(wavBytes([Float32Array.of(0, 1, -1, 0.5, 2, -3)], 44_100));

  it("describes itself as 16-bit mono PCM", () => {
    expect([0, 8, 12, 36].map((at) => text(view, at))).toEqual(["RIFF", "WAVE", "fmt ", "data"]);
    expect(view.getUint32(4, true)).toBe(view.byteLength - 8);
    expect([20, 22, 34].map((at) => view.getUint16(at, true))).toEqual([1, 1, 16]);
    expect([24, 28, 40].map((at) => view.getUint32(at, true))).toEqual([44_100, 88_200, 12]);
  });

  it("holds the samples, clipped where they are too loud", () => {
    const samples = Array.from({ length: 6 }, (_, i) => view.getInt16(44 + 2 * i, true));
    expect(samples).toEqual([0, 32_767, -32_767, 16_384, 32_767, -32_767]);
  });

  it("of two channels holds them in turns", () => {
    const stereo = new DataView(wavBytes([Float32Array.of(0, 1), Float32Array.of(-1, 0)], 8000));
    expect([22, 32].map((at) => stereo.getUint16(at, true))).toEqual([2, 4]);
    expect([28, 40].map((at) => stereo.getUint32(at, true))).toEqual([32_000, 8]);
    expect(Array.from({ length: 4 }, (_, i) => stereo.getInt16(44 + 2 * i, true))).toEqual([0, -32_767, 32_767, 0]);
  });
});

describe("several channels", () => {
  it("become their mean", () => {
    expect([...mixed([Float32Array.of(1, 0), Float32Array.of(0, -1)])]).toEqual([0.5, -0.5]);
  });

  it("that are none become silence of no length", () => expect(mixed([]).length).toBe(0));
});

describe("a voice memo", () => {
  it.each([
    ["memo.m4a", "audio/x-m4a"],
    ["memo.M4A", ""],
    ["clip", "audio/webm;codecs=opus"],
    ["clip.webm", "video/webm"],
  ])("%s (%s) is read by the browser", (name, type) => expect(needsBrowser({ name, type })).toBe(true));

  it.each([
    ["dawn.wav", "audio/wav"],
    ["dawn.mp3", "audio/mpeg"],
    ["dawn.ogg", ""],
  ])("is not what %s (%s) is", (name, type) => expect(needsBrowser({ name, type })).toBe(false));
});
