import { describe, expect, it } from "vitest";

import { timesKnown } from "../../src/place/when";
import type { Engine } from "../../src/server/sounds";

const FOLEY = { name: "foley", available: true, knows_time: true } as Engine;
const TANGOFLUX = { name: "tangoflux", available: true, knows_time: false } as Engine;

function server(fields: string[] | undefined, engines: Engine[]): Parameters<typeof timesKnown>[0] {
  const config = fields === undefined ? {} : { metadata_fields: fields };
  return { checkpoint: { name: "a", hash: "b", precision: "float32", config }, engines };
}

describe("the time of a place makes a difference", () => {
  it("to a checkpoint that was trained with it, as far as it was", () => {
    expect(timesKnown(server(["latlong", "month"], [TANGOFLUX]))).toEqual({ hasMonth: true, hasHour: false });
    expect(timesKnown(server(["time"], []))).toEqual({ hasMonth: false, hasHour: true });
  });

  it("to an engine that knows it, if that is available", () => {
    expect(timesKnown(server(undefined, [TANGOFLUX, FOLEY]))).toEqual({ hasMonth: true, hasHour: true });
    expect(timesKnown(server(undefined, [{ ...FOLEY, available: false }]))).toEqual({ hasMonth: false, hasHour: false });
  });

  it("to no one else", () => {
    expect(timesKnown(server(undefined, [TANGOFLUX]))).toEqual({ hasMonth: false, hasHour: false });
  });
});
