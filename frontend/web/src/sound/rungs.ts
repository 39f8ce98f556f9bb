/** The switch between the sounds of a place, each with where it comes from or where it stands. */

import { el } from "../kit/dom";
import { engineName, formatEstimate, sentence } from "../kit/format";
import type { RecordingMatch } from "../server/api";
import type { Engine } from "../server/sounds";
import type { Stage } from "./synthesis";

/** The sounds of a place, from what is there at once to what has to be made. */
export const RUNGS = ["recording", "synthesised"] as const;
export type Rung = (typeof RUNGS)[number];

/** What there is to hear of a place. */
export interface Offered {
  recording: RecordingMatch | null;
  stage: Stage;
  engine: Engine | null;
}

const NAMES: Record<Rung, string> = { recording: "Nearest recording", synthesised: "Made for this place" };

/** Two buttons, one of them pressed. */
export class Rungs {
  readonly element = el("div", { className: "rungs", role: "group", ariaLabel: "Which sound" });
  readonly #words = { recording: el("small"), synthesised: el("small") };
  readonly #buttons: Record<Rung, HTMLButtonElement>;

  constructor(onSwitch: (rung: Rung) => void) {
    const button = (rung: Rung): HTMLButtonElement => {
      const made = el("button", { type: "button" }, el("span", {}, NAMES[rung]), this.#words[rung]);
      made.dataset["rung"] = rung;
      made.addEventListener("click", () => onSwitch(rung));
      return made;
    };
    this.#buttons = { recording: button("recording"), synthesised: button("synthesised") };
    this.element.append(...RUNGS.map((rung) => this.#buttons[rung]));
  }

  /** Shows which rung is chosen, and what each has to offer. */
  show(chosen: Rung, { recording, stage, engine }: Offered): void {
    this.#words.recording.textContent = recording ? sentence(recording.title) : "There is none";
    this.#words.synthesised.textContent = rungWords(stage, engine);
    this.#buttons.recording.disabled = recording === null;
    this.#buttons.synthesised.dataset["stage"] = stage.kind;
    for (const rung of RUNGS) this.#buttons[rung].ariaPressed = String(rung === chosen);
  }
}

/** Where the sound stands that is made, in a few words. */
export function rungWords(stage: Stage, engine: Engine | null): string {
  switch (stage.kind) {
    case "idle":
      if (engine === null) return "No engine is ready";
      return engine.seconds_per_10s === null ? "Not made yet" : formatEstimate(engine.seconds_per_10s);
    case "asking":
      return "Asked for";
    case "queued":
      return "Waits its turn";
    case "rendering":
      return `Rendering, ${stage.percent}\u00a0%`;
    case "done":
      return `Ready, by ${engineName(stage.job.engine)}`;
    case "failed":
      return "It failed";
    case "cancelled":
      return "Cancelled";
  }
}
