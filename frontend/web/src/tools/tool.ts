/** What every tool of the page is, and what the page lends it. */

import type { Capabilities, Ear, Soundscape } from "../server/api";
import type { Layers } from "../kit/layers";
import type { SoundMap } from "../map/map";
import type { Point, ToolState } from "../kit/permalink";
import type { Query } from "../server/query";

/** What the page lends to its tools. */
export interface Bench {
  readonly map: SoundMap;
  readonly capabilities: Capabilities;
  /** How places are listened to now. */
  ear(): Ear;
  /** The answer on the card; null: there is none. */
  heard(): Soundscape | null;
  /** What the map shows. */
  readonly layers: Layers;
  /** Shows and hides what may lie on the map. */
  showLayers(layers: Layers): void;
  /** Moves the map just enough that no panel covers the place. */
  reveal(): void;
  /** Shows all of these places: where they are out of view, or in any case when `isAsked`. */
  show(points: Point[], isAsked: boolean): void;
  /** Goes to a place and listens to it on the card. */
  visit(point: Point): void;
  /** Searches for a sound. */
  seek(query: Query): void;
  /** The state has changed: the address follows, as a new entry of the history or in place of the latest. */
  changed(isNew: boolean): void;
}

/** A tool while it is open. */
export interface Tool {
  readonly title: string;
  readonly element: HTMLElement;
  /** What the address tells of it. */
  readonly state: Omit<ToolState, "name">;
  /** Begins where an address says. */
  open(state: Omit<ToolState, "name">): void;
  /** Leaves the map as it was, and is silent. */
  close(): void;
  /** Places are listened to in another way from now on, or another place is on the card. */
  refresh(): void;
}

/** Metres that a chip spans, as places are listened to now. */
export function footprintMetres({ imagery, checkpoint }: Capabilities, ear: Ear): number {
  const gsd = imagery.find(({ name }) => name === ear.imagery)?.gsd ?? 1;
  const pixels = checkpoint.config["tile_pixels"];
  return gsd * ear.scale * (typeof pixels === "number" ? pixels : 256);
}
