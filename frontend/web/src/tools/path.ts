/** The tool that draws a path and plays it as a journey, with a marker that moves along and one file to keep. */

import { Attempt } from "../kit/attempt";
import { button, el } from "../kit/dom";
import { footprintMetres } from "../kit/footprint";
import { formatDuration, formatLength, formatPoint } from "../kit/format";
import { MOST_POINTS, type ToolWork } from "../kit/permalink";
import type { Point } from "../server/geo";
import { Problem } from "../server/problem";
import { volume } from "../sound/volume";
import { wavBytes } from "../sound/wav";
import type { OwnBench, Tool } from "./bench";
import { duration, pathLength, positionAt, stopAt, stopsAlong } from "./journey";
import { partsOf, rendered } from "./render";
import { hearStops, type Stop } from "./stops";

/** The tool that travels. */
export class Path implements Tool {
  readonly title = "Path";
  readonly element: HTMLElement;
  readonly #bench: OwnBench;
  readonly #attempt = new Attempt();
  readonly #facts = el("p", { className: "tool-facts", role: "status" });
  readonly #list = el("ol", { className: "path-points" });
  readonly #audio = el("audio", { controls: true, hidden: true });
  readonly #now = el("p", { className: "path-now" });
  readonly #play = button("Listen to the path", () => void this.#hear(), "button button-strong");
  readonly #save = button("Save as one file", () => void this.#keep());
  readonly #undo = button("Undo", () => this.#change(this.#points.slice(0, -1)));
  readonly #clear = button("Clear", () => this.#change([]));
  #points: Point[] = [];
  #stops: Stop[] = [];
  #file: Blob | null = null; // of the path as it stands
  #frame = 0;

  constructor(bench: OwnBench) {
    this.#bench = bench;
    this.#audio.setAttribute("aria-label", "The journey");
    this.#audio.addEventListener("play", () => this.#follow());
    volume.follow((_, { level, isMuted }) => Object.assign(this.#audio, { volume: level, muted: isMuted }));
    this.#audio.addEventListener("volumechange", () => {
      volume.loudness = { level: this.#audio.volume, isMuted: this.#audio.muted };
    });
    this.#audio.addEventListener("seeked", () => this.#showPosition());
    this.element = el(
      "div",
      { className: "path" },
      el(
        "p",
        { className: "tool-help" },
        "Click two or more places on the map, or move it and press ",
        el("kbd", {}, "Enter"),
        "; ",
        el("kbd", {}, "Backspace"),
        " takes the last one back.",
      ),
      this.#facts,
      this.#list,
      this.#attempt.element,
      this.#now,
      this.#audio,
      el("div", { className: "tool-buttons" }, this.#play, this.#save, this.#undo, this.#clear),
    );
  }

  open({ points }: ToolWork): void {
    this.#bench.map.hand.give({
      onPick: (point) => this.#add(point),
      onDelete: () => this.#change(this.#points.slice(0, -1)),
    });
    this.#points = points;
    this.#forget();
    this.#show();
  }

  close(): void {
    this.#forget();
    this.#bench.map.hand.give(null);
  }

  refresh(): void {
    const wasHeard = this.#file !== null || this.#attempt.isBusy;
    if (wasHeard && !this.#stops.every(({ ear }) => ear === JSON.stringify(this.#bench.ear.value))) this.#forget();
    this.#show();
  }

  #add(point: Point): void {
    if (this.#points.length < MOST_POINTS) return this.#change([...this.#points, point]);
    const detail = `A path has at most ${MOST_POINTS} points. Take one back, or clear the path.`;
    this.#attempt.tell(new Problem("The path is full", detail, 0, null));
  }

  #change(points: Point[]): void {
    this.#points = points;
    this.#forget();
    this.#show();
    this.#bench.tell({ points, concept: null });
  }

  /** Lets go of the journey, which was along another path or listened to in another way. */
  #forget(): void {
    this.#attempt.cancel();
    this.#stops = [];
    this.#file = null;
    this.#audio.pause();
    if (this.#audio.src !== "") URL.revokeObjectURL(this.#audio.src);
    this.#audio.removeAttribute("src");
    this.#audio.hidden = true;
    this.#now.textContent = "";
    this.#bench.map.hand.showEar(null);
  }

  /** Listens to all stops and mixes them, unless that is done already; whether there is a journey now. */
  async #prepare(again: () => void): Promise<boolean> {
    if (this.#file !== null) return true;
    const route = this.#route();
    const file = await this.#attempt.run(async (signal, tell) => {
      this.#stops = await hearStops(route, this.#bench.ear.value, signal, tell);
      const mix = await rendered(partsOf(this.#stops));
      const channels = Array.from({ length: mix.numberOfChannels }, (_, channel) => mix.getChannelData(channel));
      return new Blob([wavBytes(channels, mix.sampleRate)], { type: "audio/wav" });
    }, again);
    if (!file) return false;
    this.#file = file;
    this.#audio.src = URL.createObjectURL(file);
    this.#audio.hidden = false;
    return true;
  }

  async #hear(): Promise<void> {
    if (!(await this.#prepare(() => void this.#hear()))) return;
    await this.#audio.play().catch(() => this.#audio.focus()); // a browser may want one more press
  }

  async #keep(): Promise<void> {
    if (!(await this.#prepare(() => void this.#keep()))) return;
    const first = this.#points[0];
    const name = first ? `earshot_path_${first.lat.toFixed(3)}_${first.lon.toFixed(3)}.wav` : "earshot_path.wav";
    el("a", { href: this.#audio.src, download: name }).click();
  }

  /** Moves the marker along while the journey plays. */
  #follow(): void {
    cancelAnimationFrame(this.#frame);
    this.#showPosition();
    if (!this.#audio.paused) this.#frame = requestAnimationFrame(() => this.#follow());
  }

  #showPosition(): void {
    if (this.#file === null) return;
    const seconds = this.#audio.currentTime;
    this.#bench.map.hand.showEar(positionAt(this.#stops.map(({ point }) => point), seconds));
    const words = this.#stops[stopAt(this.#stops.length, seconds)]?.caption ?? "";
    if (this.#now.textContent !== words) this.#now.textContent = words;
  }

  #route(): Point[] {
    return stopsAlong(this.#points, footprintMetres(this.#bench.capabilities, this.#bench.ear.value));
  }

  #show(): void {
    const { length } = this.#points;
    const isPath = length > 1;
    const stops = isPath ? this.#route().length : 0;
    const told = `${formatLength(pathLength(this.#points))} · ${stops} stops · ${formatDuration(duration(stops))}`;
    this.#facts.textContent = isPath ? told : length === 1 ? "One more place makes a path." : "No path yet.";
    this.#list.replaceChildren(...this.#points.map((point, i) => this.#row(point, i)));
    for (const press of [this.#play, this.#save]) press.disabled = !isPath;
    for (const press of [this.#undo, this.#clear]) press.disabled = length === 0;
    const marks = this.#points.map((point, i) => ({ point, className: "path-point", label: String(i + 1) }));
    this.#bench.map.hand.draw(this.#points, marks);
  }

  #row(point: Point, index: number): HTMLElement {
    const drop = button("×", () => this.#change(this.#points.filter((_, i) => i !== index)), "button button-round");
    drop.ariaLabel = `Remove point ${index + 1}`;
    return el("li", {}, el("span", {}, formatPoint(point.lat, point.lon, 3)), drop);
  }
}
