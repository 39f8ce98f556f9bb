/** The waveform of what is in the player, drawn from the server's peaks, with a slider over it to move in the sound. */

import WaveSurfer from "wavesurfer.js";

import { el } from "../kit/dom";
import { formatClock } from "../kit/format";
import { Newest } from "../kit/newest";
import { onTheme } from "../kit/theme";
import { type Peaks, soundPeaks } from "../server/sounds";

const POINTS = 400;
const HEIGHT = 56;
const STEP = 0.1; // seconds

/** Draws one sound at a time; a sound without peaks is a flat line. */
export class Waveform {
  readonly element: HTMLElement;
  readonly #audio: HTMLAudioElement;
  readonly #canvas = el("div", { className: "wave-canvas", ariaHidden: "true" });
  readonly #slider = el("input", { type: "range", min: "0", step: String(STEP), ariaLabel: "Position in the sound" });
  readonly #clock = el("span", { className: "wave-clock" });
  readonly #newest = new Newest();
  #drawn: WaveSurfer | null = null;
  #seconds = 0;

  constructor(audio: HTMLAudioElement) {
    this.#audio = audio;
    const lane = el("div", { className: "wave-lane" }, this.#canvas, this.#slider);
    this.element = el("div", { className: "wave" }, lane, this.#clock);
    this.#slider.addEventListener("input", () => this.#seek(Number(this.#slider.value)));
    for (const event of ["timeupdate", "durationchange", "emptied"]) audio.addEventListener(event, () => this.#showTime());
    onTheme(() => this.#drawn?.setOptions(this.#colours));
    this.clear();
  }

  /** Fetches the peaks of what is in the player and draws them; a waveform that does not arrive is no trouble. */
  async show(url: string): Promise<void> {
    this.clear();
    const peaks = await this.#newest.run((signal) => soundPeaks(url, POINTS, signal)).catch(() => null);
    if (peaks) this.#draw(peaks);
  }

  /** Takes the waveform away. */
  clear(): void {
    this.#newest.cancel();
    this.#drawn?.destroy();
    this.#drawn = null;
    this.#seconds = 0;
    this.#showTime();
  }

  #draw({ peaks, seconds }: Peaks): void {
    this.#seconds = seconds;
    // The audio element is the player's: with its own address already in place, wavesurfer.js only draws and seeks.
    this.#drawn = WaveSurfer.create({
      container: this.#canvas,
      media: this.#audio,
      peaks: [peaks],
      duration: seconds,
      normalize: true,
      interact: false,
      height: HEIGHT,
      barWidth: 2,
      barGap: 1,
      barRadius: 2,
      ...this.#colours,
    });
    this.#showTime();
  }

  /** The page's colours as they are now: a canvas knows no variables. */
  get #colours(): { waveColor: string; progressColor: string; cursorColor: string } {
    const style = getComputedStyle(this.element);
    const [waveColor, progressColor, cursorColor] = ["--wave", "--accent", "--ink"].map((name) =>
      style.getPropertyValue(name),
    ) as [string, string, string];
    return { waveColor, progressColor, cursorColor };
  }

  #seek(seconds: number): void {
    if (this.#drawn) this.#drawn.setTime(seconds);
    else this.#audio.currentTime = seconds;
    this.#showTime();
  }

  #showTime(): void {
    const known = Number.isFinite(this.#audio.duration) ? this.#audio.duration : this.#seconds;
    const at = Math.min(this.#audio.currentTime, known);
    this.#slider.disabled = known === 0;
    this.#slider.max = String(known);
    this.#slider.value = String(at);
    this.#slider.setAttribute("aria-valuetext", `${Math.round(at)} of ${Math.round(known)} seconds`);
    this.#clock.textContent = known === 0 ? "" : `${formatClock(at)} / ${formatClock(known)}`;
  }
}
