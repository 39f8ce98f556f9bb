/** How the making of a sound comes on: in words, as a bar, and with the one button that fits. */

import { el } from "../kit/dom";
import { engineName, formatDuration, formatEstimate, formatOrdinal } from "../kit/format";
import type { Engine } from "../server/sounds";
import { isBusy, type Stage } from "./synthesis";

const WORTH_SAYING = 10; // seconds left

/** What the person may want of a sound that is made. */
export interface MakingEvents {
  make(): void;
  cancel(): void;
}

/** Shows a stage; nothing when there is nothing to wait for or to decide. */
export class Making {
  readonly element = el("div", { className: "making" });
  readonly #words = el("p", { role: "status" });
  readonly #bar = el("progress", { max: 100, ariaLabel: "How much of the sound is made" });
  readonly #button = el("button", { className: "button", type: "button" });
  #isBusy = false;

  constructor(events: MakingEvents) {
    this.#button.addEventListener("click", () => (this.#isBusy ? events.cancel() : events.make()));
    this.element.append(this.#words, this.#button, this.#bar);
  }

  /** Shows where the sound stands that `engine` makes. */
  show(stage: Stage, engine: Engine | null): void {
    this.#isBusy = isBusy(stage);
    const words = stageWords(stage, engine);
    if (this.#words.textContent !== words) this.#words.textContent = words;
    this.#words.className = stage.kind === "failed" ? "listen-trouble" : "";
    this.#button.textContent = this.#isBusy ? "Cancel" : buttonWords(stage, engine);
    this.#button.hidden = this.#button.textContent === "";
    this.#bar.hidden = !this.#isBusy;
    if (stage.kind === "rendering" && stage.percent > 0) this.#bar.value = stage.percent;
    else this.#bar.removeAttribute("value");
    this.element.hidden = words === "" && this.#button.hidden;
  }
}

/** What is said of a stage beyond its name: the turn, the time that is left, the server's own words. */
export function stageWords(stage: Stage, engine: Engine | null): string {
  const takes = engine?.seconds_per_10s ?? null;
  switch (stage.kind) {
    case "queued":
      return `Queued: ${formatOrdinal(stage.position)} in line`;
    case "rendering": {
      const left = takes === null ? 0 : (takes * (100 - stage.percent)) / 100;
      return `Rendering, ${stage.percent}\u00a0%${left < WORTH_SAYING ? "" : `, about ${formatDuration(left)} left`}`;
    }
    case "failed":
      return `${stage.problem.title}. ${stage.problem.detail}`;
    case "cancelled":
      return "Cancelled";
    case "asking":
      return "Asking for the sound";
    default:
      return "";
  }
}

function buttonWords(stage: Stage, engine: Engine | null): string {
  if (engine === null || stage.kind === "done") return "";
  if (stage.kind === "failed") return "Try again";
  if (stage.kind === "cancelled") return "Make it after all";
  const terms = engine.seconds_per_10s === null ? "" : ` · ${formatEstimate(engine.seconds_per_10s).toLowerCase()}`;
  return `Make it with ${engineName(engine.name)}${terms}`;
}
