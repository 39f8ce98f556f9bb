import type { Address } from "../src/kit/permalink";

/** An address that says nothing. */
export const NOWHERE: Address = {
  place: null,
  query: null,
  camera: null,
  when: { month: null, hour: null },
  caption: "retrieve",
  layers: { base: "imagery", hidden: [] },
  tool: null,
  checkpoint: null,
};
