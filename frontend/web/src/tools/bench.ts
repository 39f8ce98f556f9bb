/** What every tool of the page is, and what the page lends it. */

import type { Layers } from "../kit/layers";
import type { ToolWork } from "../kit/permalink";
import type { Readable, Signal } from "../kit/signal";
import type { SoundMap } from "../map/map";
import type { Capabilities, Soundscape } from "../server/api";
import type { Point } from "../server/geo";
import type { Query } from "../server/query";
import type { Ear } from "../server/question";

/** What the page lends to its tools. */
export interface Bench {
  readonly map: SoundMap;
  readonly capabilities: Capabilities;
  /** How places are listened to. */
  readonly ear: Readable<Ear>;
  /** The answer on the card; null: there is none. */
  readonly heard: Readable<Soundscape | null>;
  /** What the map shows. */
  readonly layers: Signal<Layers>;
  /** Moves the map just enough that no panel covers the place. */
  reveal(): void;
  /** Shows all of these places: where they are out of view, or in any case when `isAsked`. */
  show(points: Point[], isAsked: boolean): void;
  /** Goes to a place and listens to it on the card. */
  visit(point: Point): void;
  /** Searches for a sound. */
  seek(query: Query): void;
}

/** The bench of a tool while it is open. */
export interface OwnBench extends Bench {
  /** Tells what the tool works on now, which the address is to say. */
  tell(work: ToolWork): void;
}

/** A tool while it is open. */
export interface Tool {
  readonly title: string;
  readonly element: HTMLElement;
  /** Begins where an address says. */
  open(work: ToolWork): void;
  /** Leaves the map as it was, and is silent. */
  close(): void;
  /** Places are listened to in another way from now on, another place is on the card, or the map shows other layers. */
  refresh(): void;
}
