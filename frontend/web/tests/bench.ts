/** What the page lends to a tool: a map that nothing covers, and a place on the card. */

import { vi } from "vitest";

import { SHOWN_AT_FIRST } from "../src/kit/layers";
import { type Signal, signal } from "../src/kit/signal";
import { SoundMap } from "../src/map/map";
import type { Soundscape } from "../src/server/api";
import type { Ear } from "../src/server/question";
import type { OwnBench } from "../src/tools/bench";
import { BEACH } from "./answers";
import { capabilities } from "./capabilities";
import { one } from "./document";

/** A map of the document, which looks at the beach. */
export function someMap(): SoundMap {
  const tiles = { onLost: vi.fn(), onWhole: vi.fn() };
  const events = { onPick: vi.fn(), onLook: vi.fn(), onArrive: vi.fn(), onRank: vi.fn(), imagery: tiles, glow: tiles };
  const map = new SoundMap(one("#map"), events);
  map.goTo(BEACH.lat, BEACH.lon, 13);
  return map;
}

/** A bench whose signals the test sets. */
export interface SomeBench extends OwnBench {
  readonly ear: Signal<Ear>;
  readonly heard: Signal<Soundscape | null>;
}

/** The bench of a tool, on a map of its own. */
export function someBench(): SomeBench {
  return {
    map: someMap(),
    capabilities: capabilities(),
    ear: signal<Ear>({ scale: 1, imagery: "null-island", month: null, hour: null }),
    heard: signal<Soundscape | null>(null),
    layers: signal(SHOWN_AT_FIRST),
    reveal: vi.fn(),
    show: vi.fn(),
    visit: vi.fn(),
    seek: vi.fn(),
    tell: vi.fn(),
  };
}

/** A click or a pressed pointer on the map, so many pixels from its middle. */
export function pointer(kind: "pointerdown" | "pointermove" | "pointerup", east = 0, south = 0): void {
  const map = one("#map");
  const at = { clientX: map.clientWidth / 2 + east, clientY: map.clientHeight / 2 + south };
  map.dispatchEvent(new PointerEvent(kind, { ...at, pointerId: 1, isPrimary: true, button: 0, bubbles: true }));
}
