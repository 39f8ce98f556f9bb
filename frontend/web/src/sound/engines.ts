/** Which engine makes the sound, how long each takes on this server, and what its licence wants said. */

import { el } from "../kit/dom";
import { engineWords, formatEstimate } from "../kit/format";
import { type Capabilities, capabilities } from "../server/api";
import { pause } from "../server/request";
import type { Engine } from "../server/sounds";

const KEY = "earshot-engine";
const QUICK_SECONDS = 15;
const LOOK_PAUSE = 4; // seconds

/** Whether an engine is quick enough to begin without being told to; one not measured yet if it is the server's own choice. */
export function isQuick(engine: Engine): boolean {
  return engine.seconds_per_10s === null ? engine.default : engine.seconds_per_10s <= QUICK_SECONDS;
}

/** The engine to begin with: the one chosen last if it can be used, or else the server's own choice. */
export function chosenEngine(engines: Engine[], last: string | null): Engine | null {
  const usable = engines.filter(({ available }) => available);
  return usable.find(({ name }) => name === last) ?? usable.find((engine) => engine.default) ?? usable[0] ?? null;
}

/** Tells what the server can do now, and again until every engine it has was measured. Throws Problem. */
export async function watchEngines(onLook: (found: Capabilities) => void, signal: AbortSignal): Promise<void> {
  for (;;) {
    const found = await capabilities(signal);
    onLook(found);
    if (!found.engines.some(({ available, seconds_per_10s }) => available && seconds_per_10s === null)) return;
    await pause(LOOK_PAUSE, signal);
  }
}

/** The engine chosen last in this browser; null: none, or the browser keeps nothing. */
export function lastEngine(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Remembers the engine chosen. */
export function keepEngine(name: string): void {
  try {
    localStorage.setItem(KEY, name);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}

/** What is said of an engine before anyone waits for it: how long it takes, or what it needs. */
export function engineTerms(engine: Engine): string {
  if (!engine.available) return `Not installed: it needs ${engine.needs}`;
  return engine.seconds_per_10s === null ? "How long it takes is being measured" : formatEstimate(engine.seconds_per_10s);
}

/** The engines as a choice of one. */
export class EngineChoice {
  readonly element = el("fieldset", { className: "engines" });
  readonly #onChoose: (engine: Engine) => void;
  #shown = "";

  constructor(onChoose: (engine: Engine) => void) {
    this.#onChoose = onChoose;
  }

  /** Shows the engines as they are known now, and which one is chosen. */
  offer(engines: Engine[], chosen: Engine | null): void {
    const told = JSON.stringify([engines, chosen?.name]);
    if (told === this.#shown) return; // the person may be at it
    this.#shown = told;
    const hasFocus = this.element.contains(document.activeElement);
    const rows = engines.map((engine) => this.#row(engine, engine.name === chosen?.name));
    this.element.replaceChildren(el("legend", {}, "Made by"), ...rows);
    if (hasFocus) this.element.querySelector<HTMLInputElement>("input:checked")?.focus();
  }

  #row(engine: Engine, checked: boolean): HTMLElement {
    const { name, notice, licence, available } = engine;
    const input = el("input", { type: "radio", name: "engine", value: name, checked, disabled: !available });
    input.addEventListener("change", () => this.#onChoose(engine));
    return el(
      "label",
      {},
      input,
      el(
        "span",
        {},
        engineWords(name),
        el("small", { className: "engine-terms" }, ...withCommands(engineTerms(engine))),
        notice === "" ? null : el("small", { className: "engine-licence" }, `${notice}. ${licence}.`),
      ),
    );
  }
}

/** A text whose parts between backticks are commands to type. */
function withCommands(text: string): (string | HTMLElement)[] {
  return text.split("`").map((part, index) => (index % 2 === 0 ? part : el("code", {}, part)));
}
