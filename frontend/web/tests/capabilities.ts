import type { Capabilities, Imagery } from "../src/server/api";
import type { Engine } from "../src/server/sounds";

const SOURCE = { attribution: "", bounds: null, gsd: 10, kind: "", max_zoom: 14, min_zoom: 0, online: false, reachable: true, tiles: "" };

/** Imagery that is there. */
export function imagery(name: string, change: Partial<Imagery> = {}): Imagery {
  return { ...SOURCE, name, ...change } as unknown as Imagery;
}

/** What a server tells that has two sources, three scales, no captioner and no engine. */
export function capabilities(change: Partial<Capabilities> = {}): Capabilities {
  return {
    version: "0",
    checkpoint: { name: "tiny", hash: "0123456789abcdef", precision: "float32", config: { tile_pixels: 256 } },
    captioner: { name: "llava", available: false, needs: "", licence: "", prompt: "" },
    imagery: [imagery("null-island"), imagery("esri", { gsd: 0.5 })],
    default_imagery: "null-island",
    scales: [1, 3, 5],
    engines: [],
    ...change,
  };
}

/** An engine that knows time. */
export const CLOCK = { name: "foley", available: true, knows_time: true } as Engine;
