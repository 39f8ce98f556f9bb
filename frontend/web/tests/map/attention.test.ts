// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { SoundMap } from "../../src/map/map";
import { someMap } from "../bench";
import { closeDocument, openDocument } from "../document";

describe("the patches that glow", () => {
  let map: SoundMap;

  beforeEach(() => {
    openDocument();
    map = someMap();
  });

  afterEach(closeDocument);

  const images = (): HTMLImageElement[] => [...document.querySelectorAll<HTMLImageElement>("img.attention-overlay")];

  it("lie on the ground of their chip, one image in place of another once that has come", () => {
    map.attention.show("/attention.png?concept=7", [0.25, 0.957, 0.256, 0.961]);
    expect(images().map(({ src }) => src)).toEqual([expect.stringContaining("concept=7")]);
    map.attention.show("/attention.png?concept=9", [0.25, 0.957, 0.256, 0.961]);
    expect(images()).toHaveLength(2);
    images()[1]?.dispatchEvent(new Event("load"));
    expect(images().map(({ src }) => src)).toEqual([expect.stringContaining("concept=9")]);
    map.attention.hide();
    expect(images()).toEqual([]);
  });

  it("are not as wide as the world when their chip lies across the dateline", () => {
    map.goTo(0, 180, 8);
    map.attention.show("/attention.png", [179.99, -0.01, -179.99, 0.01]);
    expect(Number.parseInt(images()[0]?.style.width ?? "", 10)).toBeLessThan(10);
  });
});
