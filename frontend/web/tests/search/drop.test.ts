import { describe, expect, it } from "vitest";

import { isSound } from "../../src/search/drop";

describe("a file dropped on the page", () => {
  it.each([
    ["a.wav", "audio/wav"],
    ["dawn.FLAC", ""],
    ["memo.m4a", ""],
    ["noname", "audio/mpeg"],
  ])("%s (%s) is a sound", (name, type) => expect(isSound({ name, type })).toBe(true));

  it.each([
    ["photo.jpg", "image/jpeg"],
    ["wav", ""],
    ["notes.wav.txt", "text/plain"],
  ])("%s (%s) is none", (name, type) => expect(isSound({ name, type })).toBe(false));
});
