import type { Engine } from "../../src/server/sounds";

/** An engine that is quick and knows time. */
export const FOLEY: Engine = {
  name: "foley",
  default: true,
  available: true,
  needs: "nothing",
  licence: "CC0-1.0",
  notice: "",
  seconds_per_10s: 0.4,
  knows_time: true,
};

/** An engine that takes its time. */
export const TANGOFLUX: Engine = {
  ...FOLEY,
  name: "tangoflux",
  default: false,
  needs: "its weights: run `earshot pull tangoflux`",
  notice: "Powered by Stability AI",
  seconds_per_10s: 660,
  knows_time: false,
};
