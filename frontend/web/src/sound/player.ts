/** One sound at a time: the place's own or a recording. Nothing plays until the person asks for it. */

import { Newest } from "../kit/newest";
import { Problem, problemOf } from "../server/problem";
import { soundReady } from "../server/sounds";

/** What the player is doing with its current sound. */
export type PlayerState = "idle" | "rendering" | "playing" | "paused";

/** A plain audio element, and the waiting for sounds that are still being rendered. */
export class Player {
  state: PlayerState = "idle";
  problem: Problem | null = null;
  readonly #audio: HTMLAudioElement;
  readonly #changed: () => void;
  readonly #newest = new Newest();
  #url: string | null = null;
  #ready = false;

  constructor(audio: HTMLAudioElement, changed: () => void) {
    this.#audio = audio;
    this.#changed = changed;
    audio.preload = "none";
    audio.addEventListener("play", () => this.#onPlay());
    audio.addEventListener("pause", () => this.state === "playing" && this.#become("paused"));
    audio.addEventListener("ended", () => this.#become("paused"));
    audio.addEventListener("error", () => this.#onError());
  }

  /** Puts a sound in, stopped, as what the audio element will play. */
  load(url: string): void {
    this.#newest.cancel();
    this.#audio.pause();
    this.#url = url;
    this.#ready = false;
    this.#audio.src = url;
    this.#become("idle");
  }

  /** The sound in the player; null: none. */
  get url(): string | null {
    return this.#url;
  }

  /** Whether the sound in the player is known to be there. */
  get isReady(): boolean {
    return this.#ready;
  }

  /** Whether this sound is the one in the player. */
  holds(url: string): boolean {
    return this.#url === url;
  }

  /** Plays a sound, or pauses it when it plays already. */
  async toggle(url: string): Promise<void> {
    if (!this.holds(url)) this.load(url);
    if (this.state === "playing") this.#audio.pause();
    else if (this.state === "rendering") this.load(url);
    else await this.#play(url);
  }

  /** Stops and forgets the sound. */
  stop(): void {
    this.#newest.cancel();
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    this.#url = null;
    this.#become("idle");
  }

  async #play(url: string): Promise<void> {
    try {
      if (!this.#ready) await this.#prepare(url);
      if (this.#ready && this.holds(url)) await this.#audio.play();
    } catch (error) {
      // Called off, waiting for another press, or told of by the error event.
      if (error instanceof DOMException) return this.#become(this.#ready ? "paused" : "idle", this.problem);
      this.#become("idle", problemOf(error));
    }
  }

  async #prepare(url: string): Promise<void> {
    this.#become("rendering");
    const done = await this.#newest.run(async (signal) => {
      await soundReady(url, signal);
      return true;
    });
    if (!done) return;
    this.#ready = true;
    if (this.#audio.error) this.#audio.load();
  }

  #onPlay(): void {
    if (this.#ready) return this.#become("playing");
    // A media key was pressed before the sound was there: wait for it in the same way.
    this.#audio.pause();
    if (this.#url !== null && this.state !== "rendering") void this.#play(this.#url);
  }

  #onError(): void {
    if (!this.#ready) return;
    this.#ready = false;
    this.#become("idle", new Problem("The sound did not play", "The browser could not read the sound file.", 0, 1));
  }

  #become(state: PlayerState, problem: Problem | null = null): void {
    this.state = state;
    this.problem = problem;
    this.#changed();
  }
}
