import { describe, expect, it } from "vitest";

import { placeParameters } from "../../src/server/question";

describe("a question about a place", () => {
  const place = { lat: -1.5, lon: 0, scale: 3, imagery: "xyz:https://tiles/{z}", month: null, hour: null };

  it("leaves out the time that does not matter", () => {
    expect(placeParameters(place).toString()).toBe("lat=-1.5&lon=0&scale=3&imagery=xyz%3Ahttps%3A%2F%2Ftiles%2F%7Bz%7D");
  });

  it("names a month and an hour, midnight too", () => {
    expect(Object.fromEntries(placeParameters({ ...place, month: 1, hour: 0 }))).toMatchObject({ month: "1", hour: "0" });
  });
});
