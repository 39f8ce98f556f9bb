/** What every tool of the page is, and what the page lends it. */

import type { Layers } from "../kit/layers";
import type { ToolState } from "../kit/permalink";
import type { SoundMap } from "../map/map";
import type { Capabilities, Soundscape } from "../server/api";
import type { Point } from "../server/geo";
import type { Query } from "../server/query";
import type { Ear } from "../server/question";

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
