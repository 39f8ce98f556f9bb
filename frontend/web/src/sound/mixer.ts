/** Several sounds that never stop, one of which is to be heard: the others give way with equal power. */

import { volume } from "./volume";

const TICK = 40; // milliseconds
const REACH = 0.45; // seconds in which 63% of the way to another sound is gone
const TURN = 0.01; // seconds in which the page's volume is followed
const SILENT = 1e-3; // share of the whole below which a sound is let go

interface Voice {
  source: AudioBufferSourceNode;
  gain: GainNode;
  share: number;
}

/** Plays loops and fades between them, however often the choice changes meanwhile. */
export class Mixer {
  readonly #context = new AudioContext();
  readonly #master = new GainNode(this.#context, { gain: volume.gain });
  readonly #unfollow = volume.follow((gain) => this.#master.gain.setTargetAtTime(gain, this.#context.currentTime, TURN));
  readonly #voices = new Map<string, Voice>();
  #chosen: ReadonlyMap<string, number> = new Map();
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor() {
    this.#master.connect(this.#context.destination);
  }

  /** Fades to one loop, of this name; one that sounds already goes on where it is. */
  to(name: string, loop: AudioBuffer): void {
    this.blend([{ name, loop, share: 1 }]);
  }

  /** Fades to several loops at once, whose shares of the power sum to 1. */
  blend(parts: { name: string; loop: AudioBuffer; share: number }[]): void {
    void this.#context.resume();
    for (const { name, loop } of parts) if (!this.#voices.has(name)) this.#begin(name, loop);
    this.#chosen = new Map(parts.map(({ name, share }) => [name, share]));
    this.#timer ??= setInterval(() => this.#step(TICK / 1000), TICK);
  }

  /** Fades to silence. */
  hush(): void {
    this.#chosen = new Map();
    this.#timer ??= setInterval(() => this.#step(TICK / 1000), TICK);
  }

  /** Stops at once and lets go of the machine's sound. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    for (const { source } of this.#voices.values()) source.stop();
    this.#voices.clear();
    this.#unfollow();
    await this.#context.close();
  }

  #begin(name: string, loop: AudioBuffer): void {
    const source = new AudioBufferSourceNode(this.#context, { buffer: loop, loop: true });
    const gain = new GainNode(this.#context, { gain: 0 });
    source.connect(gain).connect(this.#master);
    source.start(0, Math.random() * loop.duration);
    this.#voices.set(name, { source, gain, share: 0 });
  }

  /** Brings every share nearer to what is chosen: since all go at one pace, their sum stays as it is. */
  #step(seconds: number): void {
    for (const [name, voice] of this.#voices) {
      voice.share = nearer(voice.share, this.#chosen.get(name) ?? 0, seconds);
      voice.gain.gain.linearRampToValueAtTime(Math.sqrt(voice.share), this.#context.currentTime + seconds);
      if (voice.share > SILENT || this.#chosen.has(name)) continue;
      voice.source.stop(this.#context.currentTime + seconds);
      this.#voices.delete(name);
    }
    const isSettled = [...this.#voices].every(([name, { share }]) => Math.abs(share - (this.#chosen.get(name) ?? 0)) < SILENT);
    if (!isSettled || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

/** A share of the power on its way to another, `seconds` later. */
export function nearer(share: number, goal: number, seconds: number): number {
  return goal + (share - goal) * Math.exp(-seconds / REACH);
}
