/** What the page shows, as one store of signals: each part follows what it shows, and the address all of it. */

import { type Layers, SHOWN_AT_FIRST } from "../kit/layers";
import type { Address, Camera, ToolState } from "../kit/permalink";
import { computed, type Readable, signal } from "../kit/signal";
import type { Answer } from "../place/here";
import { Listening } from "../place/listening";
import type { Soundscape } from "../server/api";
import type { Point } from "../server/geo";
import type { Query } from "../server/query";
import type { SearchAnswer } from "../server/search";

/** The state of the page. */
export class State {
  /** The place that is listened to. */
  readonly place = signal<Point | null>(null, isEqual);
  /** What the card shows, and the question that it answers. */
  readonly answer = signal<Answer | null>(null);
  readonly heard: Readable<Soundscape | null> = computed(() => this.answer.value?.heard ?? null);
  /** How places are listened to. */
  readonly listening = new Listening();
  /** What is searched for. */
  readonly query = signal<Query | null>(null);
  /** What was found. */
  readonly found = signal<SearchAnswer | null>(null);
  readonly layers = signal<Layers>(SHOWN_AT_FIRST, isEqual);
  /** The tool that is open. */
  readonly tool = signal<ToolState | null>(null, isEqual);
  /** Whether the person has moved the map away from where the page would look. */
  readonly isRoamed = signal(false);
  /** How often the map has come to rest where the address is to say so; elsewhere the page moved it by itself. */
  readonly rests = signal(0);

  /** What the address is to say while the map looks there; null: nothing is shown yet. */
  address(camera: Camera): Address | null {
    const { imagery, named, scale, when, caption, checkpoint } = this.listening;
    const place = this.place.value;
    if (!imagery.value) return null;
    return {
      place: place && { ...place, scale: scale.value, zoom: camera.zoom, imagery: named },
      query: this.query.value,
      camera: this.isRoamed.value ? camera : null,
      when: when.value,
      caption: caption.value,
      layers: this.layers.value,
      tool: this.tool.value,
      checkpoint,
    };
  }
}

function isEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
