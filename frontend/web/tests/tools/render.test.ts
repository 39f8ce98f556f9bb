import { describe, expect, it } from "vitest";

import { partsOf } from "../../src/tools/render";

describe("the parts of a journey", () => {
  it("join stops in a row that sound the same", () => {
    const [a, b] = [{} as AudioBuffer, {} as AudioBuffer];
    const stops = [{ name: "a", sound: a }, { name: "a", sound: a }, { name: "b", sound: b }, { name: "a", sound: a }];
    expect(partsOf(stops).map(({ from, to }) => [from, to])).toEqual([[0, 2], [2, 3], [3, 4]]);
  });
});
