/**
 * A loop without a seam. A browser that repeats an audio element falls silent for about ten milliseconds at each turn;
 * here samples that follow the element are heard in its place, while it goes on to be what is played, paused and moved in.
 */

import { Newest } from "../kit/newest";
import { fetchSound } from "./samples";
import { volume } from "./volume";

const APART = 0.15; // seconds by which the two may differ: the element loses a little at each turn
const FADE = 0.02; // seconds

/** What is heard of an audio element: itself, or the samples that follow it. Both are as loud as the page is. */
export class Seamless {
  readonly #audio: HTMLAudioElement;
  readonly #newest = new Newest();
  #url: string | null = null;
  #loop: AudioBuffer | null = null;
  #context: AudioContext | null = null;
  #sounding: { source: AudioBufferSourceNode; gain: GainNode; begun: number } | null = null;

  constructor(audio: HTMLAudioElement) {
    this.#audio = audio;
    for (const event of ["play", "pause", "seeked", "emptied"]) audio.addEventListener(event, () => void this.#follow());
    volume.follow(() => this.#balance());
  }

  /** Lets the sound of this address, whose end meets its beginning, be heard without a seam; null: the element as it is. */
  put(url: string | null): void {
    if (url === this.#url) return;
    this.#newest.cancel();
    this.#url = url;
    this.#loop = null;
    void this.#follow();
  }

  /** Does what the element does; the samples are fetched once it plays. */
  async #follow(): Promise<void> {
    if (this.#audio.paused || this.#url === null) return this.#rest();
    if (this.#loop === null) {
      const url = `${this.#url}?format=flac`; // which keeps every sample
      if (this.#newest.isBusy) return;
      const loop = await this.#newest.run((signal) => fetchSound(url, signal)).catch(() => null); // the element goes on
      if (!loop) return;
      this.#loop = loop;
    }
    if (this.#audio.paused) return this.#rest();
    if (!this.#sounding || this.#distance(this.#sounding.begun) > APART) this.#begin(this.#loop);
    this.#balance();
  }

  /** Seconds between the samples and the element, either way round. */
  #distance(begun: number): number {
    const whole = this.#loop?.duration ?? 1;
    const at = ((this.#context?.currentTime ?? 0) - begun) % whole;
    const apart = Math.abs(at - this.#audio.currentTime);
    return Math.min(apart, whole - apart);
  }

  #begin(loop: AudioBuffer): void {
    this.#rest();
    this.#context ??= new AudioContext();
    void this.#context.resume();
    const { currentTime: now, destination } = this.#context;
    const source = new AudioBufferSourceNode(this.#context, { buffer: loop, loop: true });
    const gain = new GainNode(this.#context, { gain: 0 });
    source.connect(gain).connect(destination);
    source.start(now, this.#audio.currentTime % loop.duration);
    this.#sounding = { source, gain, begun: now - this.#audio.currentTime };
  }

  /** Falls silent: the element is heard again. */
  #rest(): void {
    const { currentTime: now = 0 } = this.#context ?? {};
    this.#sounding?.gain.gain.setTargetAtTime(0, now, FADE / 3);
    this.#sounding?.source.stop(now + FADE * 2);
    this.#sounding = null;
    this.#balance();
  }

  /** Gives the page's volume to whichever is heard. */
  #balance(): void {
    this.#audio.volume = this.#sounding ? 0 : volume.loudness.level;
    this.#audio.muted = volume.loudness.isMuted;
    this.#sounding?.gain.gain.setTargetAtTime(volume.gain, this.#context?.currentTime ?? 0, FADE / 3);
  }
}
