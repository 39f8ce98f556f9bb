/** The footprint: how much ground a chip covers. */

import type { Capabilities } from "../server/api";
import type { Ear } from "../server/question";

/** Metres that a chip spans, as places are listened to. */
export function footprintMetres(
  { imagery, checkpoint }: Pick<Capabilities, "imagery" | "checkpoint">,
  ear: Pick<Ear, "imagery" | "scale">,
): number {
  const gsd = imagery.find(({ name }) => name === ear.imagery)?.gsd ?? 1;
  const pixels = checkpoint.config["tile_pixels"];
  return gsd * ear.scale * (typeof pixels === "number" ? pixels : 256);
}
