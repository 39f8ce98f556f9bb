/** How places are listened to: with which checkpoint, through which imagery, at which scale and time. */

import { footprintMetres } from "../kit/footprint";
import type { Capabilities, Imagery } from "../server/api";
import type { CaptionRoute, Ear } from "../server/question";
import type { Engine } from "../server/sounds";
import { openingImagery } from "./imagery";
import { WhenControl } from "./when";

const CHECKPOINT_DIGITS = 8; // of its hash, in addresses

/** Holds the choices, each within what the server offers. */
export class Listening {
  readonly when: WhenControl;
  /** What the server can do; null: not known yet. */
  told: Capabilities | null = null;
  imagery: Imagery | null = null;
  /** The imagery that the page opens with. */
  opening: Imagery | null = null;
  #scale = 1;
  #caption: CaptionRoute = "retrieve";

  /** `changed` is called when the person chooses another time. */
  constructor(changed: () => void) {
    this.when = new WhenControl(changed);
  }

  /** Takes up what the server can do. */
  learn(told: Capabilities): void {
    this.told = told;
    this.scale = 1;
    this.when.offer(told);
    this.opening = openingImagery(told);
  }

  /** Takes up which engines there are now. */
  learnEngines(engines: Engine[]): void {
    if (!this.told) return;
    this.told = { ...this.told, engines };
    this.when.offer(this.told);
  }

  /** The imagery of this name; undefined: the server has none. */
  find(name: string | null | undefined): Imagery | undefined {
    return this.told?.imagery.find((source) => source.name === name);
  }

  /** Chooses a scale; the checkpoint's first where it does not listen at that one. */
  set scale(scale: number) {
    this.#scale = this.scales.includes(scale) ? scale : (this.scales[0] ?? 1);
  }

  get scale(): number {
    return this.#scale;
  }

  get scales(): number[] {
    return this.told?.scales ?? [];
  }

  /** Chooses how captions come about; they are retrieved where no captioner is installed. */
  set caption(caption: CaptionRoute) {
    this.#caption = this.captioner ? caption : "retrieve";
  }

  get caption(): CaptionRoute {
    return this.#caption;
  }

  /** What writes captions; null: nothing that can be used. */
  get captioner(): Capabilities["captioner"] | null {
    return this.told?.captioner.available ? this.told.captioner : null;
  }

  get ear(): Ear {
    return { scale: this.#scale, imagery: this.imagery?.name ?? "auto", ...this.when.value };
  }

  /** Metres that a chip spans at a scale; null: not known yet. */
  readonly span = (scale: number): number | null => this.told && footprintMetres(this.told, { ...this.ear, scale });

  /** The imagery as an address names it: null when it is the one the page opens with. */
  get named(): string | null {
    return this.imagery === this.opening ? null : (this.imagery?.name ?? null);
  }

  /** The checkpoint as an address names it. */
  get checkpoint(): string | null {
    return this.told?.checkpoint.hash.slice(0, CHECKPOINT_DIGITS) ?? null;
  }
}
