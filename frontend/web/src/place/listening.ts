/** How places are listened to: with which checkpoint, through which imagery, at which scale and time. */

import { footprintMetres } from "../kit/footprint";
import { computed, type Readable, signal } from "../kit/signal";
import type { Capabilities, Imagery } from "../server/api";
import { ANY_TIME, type CaptionRoute, type Ear, type When } from "../server/question";
import type { Engine } from "../server/sounds";
import { openingImagery } from "./imagery";
import { timesKnown } from "./when";

const CHECKPOINT_DIGITS = 8; // of its hash, in addresses

/** What may be chosen. */
export interface Choice {
  /** By name; null: the imagery that the page opens with. */
  imagery: string | null;
  scale: number;
  when: When;
  caption: CaptionRoute;
}

/** Holds the choices, each of them within what the server offers. */
export class Listening {
  /** What the server can do; null: not known yet. */
  readonly told = signal<Capabilities | null>(null);
  /** What was chosen, whether or not the server offers it. */
  readonly chosen = signal<Choice>({ imagery: null, scale: 1, when: ANY_TIME, caption: "retrieve" }, isEqual);

  /** All imagery of the server. */
  readonly sources: Readable<Imagery[]> = computed(() => this.told.value?.imagery ?? NONE);
  /** The imagery that the page opens with. */
  readonly opening = computed(() => this.told.value && openingImagery(this.told.value));
  readonly imagery = computed(() => this.find(this.chosen.value.imagery) ?? this.opening.value);
  /** The scale that was chosen; the checkpoint's first where it does not listen at that one. */
  readonly scale = computed(() => {
    const { scale } = this.chosen.value;
    return this.scales.includes(scale) ? scale : (this.scales[0] ?? 1);
  });
  /** The time that was chosen, as far as anything here knows time. */
  readonly when: Readable<When> = computed(() => {
    const { month, hour } = this.chosen.value.when;
    const { hasMonth, hasHour } = this.told.value ? timesKnown(this.told.value) : { hasMonth: true, hasHour: true };
    return { month: hasMonth ? month : null, hour: hasHour ? hour : null };
  }, isEqual);
  /** How captions come about; they are retrieved where no captioner is installed. */
  readonly caption = computed(() => (this.captioner ? this.chosen.value.caption : "retrieve"));
  readonly ear: Readable<Ear> = computed(
    () => ({ scale: this.scale.value, imagery: this.imagery.value?.name ?? "auto", ...this.when.value }),
    isEqual,
  );

  /** Chooses some of it anew. */
  choose(choice: Partial<Choice>): void {
    this.chosen.value = { ...this.chosen.value, ...choice };
  }

  /** Takes up which engines there are now. */
  learnEngines(engines: Engine[]): void {
    if (this.told.value) this.told.value = { ...this.told.value, engines };
  }

  /** The imagery of this name; undefined: the server has none. */
  find(name: string | null | undefined): Imagery | undefined {
    return this.sources.value.find((source) => source.name === name);
  }

  get scales(): number[] {
    return this.told.value?.scales ?? [];
  }

  /** What writes captions; null: nothing that can be used. */
  get captioner(): Capabilities["captioner"] | null {
    const { captioner } = this.told.value ?? {};
    return captioner?.available ? captioner : null;
  }

  /** Metres that a chip spans at a scale; null: not known yet. */
  readonly span = (scale: number): number | null =>
    this.told.value && footprintMetres(this.told.value, { ...this.ear.value, scale });

  /** The imagery as an address names it: null when it is the one the page opens with. */
  get named(): string | null {
    const imagery = this.imagery.value;
    return imagery === this.opening.value ? null : (imagery?.name ?? null);
  }

  /** The checkpoint as an address names it. */
  get checkpoint(): string | null {
    return this.told.value?.checkpoint.hash.slice(0, CHECKPOINT_DIGITS) ?? null;
  }
}

const NONE: Imagery[] = [];

function isEqual(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
