/** Ambient mode: hold and drag over the map, or use the arrow keys, and hear the places fade into one another. */

import { button, el } from "../kit/dom";
import { footprintMetres } from "../kit/footprint";
import { formatPoint, sentence } from "../kit/format";
import { type Soundscape, soundscape } from "../server/api";
import type { Point } from "../server/geo";
import { problemOf } from "../server/problem";
import { takeFloor } from "../sound/floor";
import { Mixer } from "../sound/mixer";
import { fetchSound, loopOf } from "../sound/samples";
import { volumeControl } from "../sound/volume-control";
import type { OwnBench, Tool } from "./bench";
import { type Cell, cellAt, cellMetres, neighbour } from "./cells";
import { Prefetch } from "./prefetch";

const STEP = 32; // pixels that an arrow key moves the ear by
const CELL = 28; // pixels that a place is wide on a map seen from afar
const DWELL = 180; // milliseconds the ear has to stay before a sound is asked for
const PLACES = { atOnce: 2, kept: 300 };
const SOUNDS = { atOnce: 2, kept: 16 }; // a sound of ten seconds takes 3 MB

/** The tool that wanders. */
export class Wander implements Tool {
  readonly title = "Wander";
  readonly element: HTMLElement;
  readonly #bench: OwnBench;
  readonly #words = el("p", { className: "wander-words" });
  readonly #spoken = el("p", { className: "visually-hidden", role: "status" });
  readonly #facts = el("p", { className: "tool-facts" });
  readonly #trouble = el("p", { className: "tool-trouble", role: "alert" });
  readonly #visit = button("Open this place", () => this.#at && this.#bench.visit(this.#at));
  readonly #silence = button("Silence", () => this.#fallSilent());
  readonly #places: Prefetch<Soundscape>;
  readonly #sounds: Prefetch<AudioBuffer>;
  readonly #cells = new Map<string, Cell>();
  #mixer: Mixer | null = null;
  #at: Point | null = null;
  #cell: Cell | null = null;
  #next: Cell | null = null;
  #dwelling: ReturnType<typeof setTimeout> | null = null;
  #heard = ""; // the sound that is heard, by name
  #yield: (() => void) | null = null;

  constructor(bench: OwnBench) {
    this.#bench = bench;
    const fail = (_: string, error: unknown): void => this.#tell(error);
    this.#places = new Prefetch((key, signal) => this.#ask(key, signal), PLACES, () => this.#show(), fail);
    this.#sounds = new Prefetch(
      async (url, signal) => loopOf(await fetchSound(url, signal)),
      SOUNDS,
      () => this.#show(),
      fail,
    );
    this.element = el(
      "div",
      { className: "wander" },
      el(
        "p",
        { className: "tool-help" },
        "Hold and drag over the map, or use the ",
        el("kbd", {}, "arrow keys"),
        ". Every place sounds as you pass.",
      ),
      this.#words,
      this.#facts,
      this.#spoken,
      this.#trouble,
      el("div", { className: "tool-buttons" }, this.#visit, this.#silence),
      volumeControl(),
    );
  }

  open(): void {
    this.#bench.map.hand.give({
      onDrag: (point) => this.#move(point),
      onPick: (point) => this.#move(point),
      onStep: (east, south) => this.#step(east, south),
      onEscape: () => this.#fallSilent(),
    });
    this.#showWords("Nothing is heard yet.", "");
  }

  close(): void {
    this.#fallSilent();
    this.#bench.map.hand.give(null);
    const mixer = this.#mixer;
    this.#mixer = null;
    setTimeout(() => void mixer?.close(), 1500); // it fades out
  }

  refresh(): void {
    if (this.#cell && this.#at && this.#yield) this.#move(this.#at);
  }

  #step(east: number, south: number): void {
    const from = this.#at ?? this.#bench.map.hand.middle;
    this.#move(this.#at === null ? from : this.#bench.map.hand.offset(from, east * STEP, south * STEP));
  }

  /** Brings the ear to a point. */
  #move(point: Point): void {
    this.#yield ??= takeFloor(this, () => this.#fallSilent());
    this.#mixer ??= new Mixer();
    const { map } = this.#bench;
    const cell = cellAt(point, this.#cellMetres(point.lat));
    if (this.#cell && cell.key !== this.#cell.key) this.#next = neighbour(this.#cell, cell);
    this.#at = point;
    this.#cell = cell;
    map.hand.showEar(point);
    map.hand.keepInSight(point);
    this.#wish();
  }

  /** Asks for the words of the place at once and of the next ahead; for their sounds when the ear stays. */
  #wish(): void {
    const cells = [this.#cell, this.#next].filter((cell) => cell !== null);
    this.#cells.clear();
    for (const cell of cells) this.#cells.set(this.#keyOf(cell), cell);
    this.#places.want(cells.map((cell) => this.#keyOf(cell)));
    if (this.#dwelling !== null) clearTimeout(this.#dwelling);
    this.#dwelling = setTimeout(() => this.#listen(), DWELL);
    this.#show();
  }

  /** Asks for the sounds of the place and of the next ahead, as far as their words are known. */
  #listen(): void {
    this.#dwelling = null;
    if (!this.#yield) return;
    const known = [this.#cell, this.#next].map((cell) => cell && this.#places.get(this.#keyOf(cell)));
    this.#sounds.want(known.filter((place) => !!place).map(({ sound }) => sound.url));
    this.#show();
  }

  /** Shows and sounds what has come for the place where the ear is. */
  #show(): void {
    if (!this.#cell || !this.#yield) return;
    const place = this.#places.get(this.#keyOf(this.#cell));
    if (!place) {
      if (this.#facts.textContent === "") this.#showWords("Listening to this place", "", true);
      return;
    }
    this.#trouble.textContent = "";
    const caption = sentence(place.captions[0]?.text ?? "No caption comes close");
    const loop = this.#sounds.get(place.sound.url);
    this.#showWords(caption, formatPoint(place.point.lat, place.point.lon, 3), loop === undefined);
    if (loop === undefined) {
      if (this.#dwelling === null && this.#sounds.running === 0) this.#listen();
      return;
    }
    if (this.#heard === place.sound.url) return;
    this.#heard = place.sound.url;
    this.#mixer?.to(this.#heard, loop);
    this.#spoken.textContent = `Heard: ${caption}`;
  }

  #ask(key: string, signal: AbortSignal): Promise<Soundscape> {
    const cell = this.#cells.get(key);
    return soundscape({ ...this.#bench.ear.value, lat: cell?.lat ?? 0, lon: cell?.lon ?? 0 }, signal);
  }

  #keyOf(cell: Cell): string {
    return `${cell.key}|${JSON.stringify(this.#bench.ear.value)}`;
  }

  /** A place is as wide as its footprint, and wider when the map is seen from afar. */
  #cellMetres(lat: number): number {
    const { capabilities, map } = this.#bench;
    return cellMetres(footprintMetres(capabilities, this.#bench.ear.value), CELL * map.hand.metresPerPixel(lat));
  }

  #showWords(words: string, facts: string, isAwaited = false): void {
    this.#words.textContent = words;
    this.#facts.textContent = facts;
    this.element.dataset["state"] = isAwaited ? "awaited" : "settled";
    this.#visit.disabled = this.#at === null;
    this.#silence.disabled = this.#yield === null;
  }

  #tell(error: unknown): void {
    const { title, detail } = problemOf(error);
    this.element.dataset["state"] = "settled";
    this.#trouble.textContent = `${title}. ${detail} What is heard goes on; move to try again.`;
  }

  #fallSilent(): void {
    this.#yield?.();
    this.#yield = null;
    this.#mixer?.hush();
    this.#heard = "";
    this.#places.want([]);
    this.#sounds.want([]);
    this.element.dataset["state"] = "settled";
    this.#silence.disabled = true;
  }
}
