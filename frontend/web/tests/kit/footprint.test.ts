import { describe, expect, it } from "vitest";

import { footprintMetres } from "../../src/kit/footprint";
import { capabilities } from "../capabilities";

describe("the footprint", () => {
  it("is as many pixels wide as the checkpoint looks at, in the imagery's metres, times the scale", () => {
    expect(footprintMetres(capabilities(), { imagery: "esri", scale: 5 })).toBe(256 * 0.5 * 5);
  });

  it("of imagery or a checkpoint that do not say is taken at a metre a pixel, 256 pixels wide", () => {
    const told = capabilities({ checkpoint: { ...capabilities().checkpoint, config: {} } });
    expect(footprintMetres(told, { imagery: "auto", scale: 1 })).toBe(256);
  });
});
