/** As much of the Web Audio API as the page asks of one: nothing is heard, but what would be is known. */

import { vi } from "vitest";

/** A number that is set, at once whatever the time that is given. */
class Param {
  constructor(public value: number) {}
  setTargetAtTime = (value: number): void => void (this.value = value);
  linearRampToValueAtTime = (value: number): void => void (this.value = value);
  setValueCurveAtTime = (curve: Float32Array): void => void (this.value = curve.at(-1) ?? 0);
}

class Buffer {
  readonly numberOfChannels: number;
  readonly sampleRate: number;
  readonly length: number;
  readonly #channels: Float32Array[];

  constructor({ numberOfChannels, sampleRate, length }: { numberOfChannels: number; sampleRate: number; length: number }) {
    [this.numberOfChannels, this.sampleRate, this.length] = [numberOfChannels, sampleRate, length];
    this.#channels = Array.from({ length: numberOfChannels }, () => new Float32Array(length));
  }

  get duration(): number {
    return this.length / this.sampleRate;
  }

  getChannelData = (channel: number): Float32Array => this.#channels[channel] ?? new Float32Array();
  copyToChannel = (samples: Float32Array, channel: number): void => this.#channels[channel]?.set(samples);
}

class Gain {
  readonly gain: Param;
  to: unknown = null;

  constructor(_: unknown, { gain }: { gain: number }) {
    this.gain = new Param(gain);
  }

  connect = <T>(to: T): T => ((this.to = to), to);
}

/** A buffer that sounds from `start` until `stop`. */
export class Source {
  readonly buffer: Buffer;
  readonly loop: boolean;
  gain: Gain | null = null;
  from: number | null = null;

  constructor(_: unknown, { buffer, loop }: { buffer: Buffer; loop: boolean }) {
    [this.buffer, this.loop] = [buffer, loop];
  }

  connect = (to: Gain): Gain => (this.gain = to);
  start = (_: number, from = 0): void => {
    this.from = from;
    sounding.add(this);
  };
  stop = (): void => void sounding.delete(this);
}

/** All that sounds now. */
export const sounding = new Set<Source>();

class Context {
  currentTime = 0;
  readonly destination = {};
  resume = (): Promise<void> => Promise.resolve();
  close = (): Promise<void> => Promise.resolve();
}

class Offline extends Context {
  readonly #length: number;

  constructor(_: number, length: number) {
    super();
    this.#length = length;
  }

  /** A sound of a second. */
  decodeAudioData = (): Promise<Buffer> => Promise.resolve(new Buffer({ numberOfChannels: 2, sampleRate: 100, length: 100 }));
  startRendering = (): Promise<Buffer> => {
    sounding.clear();
    return Promise.resolve(new Buffer({ numberOfChannels: 2, sampleRate: 44_100, length: Math.min(this.#length, 100) }));
  };
}

/** Lets the page make sounds that nobody hears, until `closeDocument`. */
export function stubWebAudio(): void {
  sounding.clear();
  const stubs = { AudioContext: Context, OfflineAudioContext: Offline, AudioBuffer: Buffer, AudioBufferSourceNode: Source, GainNode: Gain };
  for (const [name, stub] of Object.entries(stubs)) vi.stubGlobal(name, stub);
}
