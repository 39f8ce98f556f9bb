/** The row of tools, and the panel of the one that is open. A tool's code is fetched when it is first opened. */

import { byId, el, icon } from "../kit/dom";
import { type ToolName, TOOLS, type ToolState, type ToolWork } from "../kit/permalink";
import { follow, type Signal } from "../kit/signal";
import { problemOf } from "../server/problem";
import type { Bench, OwnBench, Tool } from "./bench";

const WORDS: Record<ToolName, { name: string; title: string; line: string }> = {
  wander: { name: "Wander", title: "Hold and drag over the map to hear it", line: "M3 12c2-7 4-7 6 0s4 7 6 0 4-7 6 0" },
  path: { name: "Path", title: "Draw a path and hear it as a journey", line: "M4 18a2 2 0 1 0 4 0 2 2 0 1 0-4 0M16 6a2 2 0 1 0 4 0 2 2 0 1 0-4 0M8 18c8 0 0-12 8-12" },
  compare: { name: "Compare", title: "Two places side by side", line: "M5 5h5v14H5zM14 5h5v14h-5z" },
  concepts: { name: "Concepts", title: "What the model listens for", line: "M12 4l2.2 5.3L20 10l-4.3 3.8L17 20l-5-3.2L7 20l1.3-6.2L4 10l5.8-.7z" },
  layers: { name: "Layers", title: "What the map shows; light and dark", line: "M12 4l8 4.5-8 4.5-8-4.5zM4 13l8 4.5 8-4.5" },
};

const LOADERS: Record<ToolName, (bench: OwnBench) => Promise<Tool>> = {
  wander: async (bench) => new (await import("./wander")).Wander(bench),
  path: async (bench) => new (await import("./path")).Path(bench),
  compare: async (bench) => new (await import("./compare")).Compare(bench),
  concepts: async (bench) => new (await import("./concepts")).Concepts(bench),
  layers: async (bench) => new (await import("./layers")).LayersTool(bench),
};

/** Tools that are used on the map, which therefore gets the focus. */
const DRAWS: ReadonlySet<ToolName> = new Set(["wander", "path", "compare"]);

const FRESH: ToolWork = { points: [], concept: null };

/** Opens one tool at a time. */
export class Tools {
  readonly #panel = byId("tool", HTMLElement);
  readonly #title = byId("tool-title", HTMLHeadingElement);
  readonly #body = byId("tool-body", HTMLDivElement);
  readonly #buttons = new Map<ToolName, HTMLButtonElement>();
  readonly #loaded = new Map<ToolName, Tool>();
  readonly #state: Signal<ToolState | null>;
  #bench: OwnBench | null = null;
  #open: ToolState | null = null; // what the panel shows
  #opening: Promise<void> = Promise.resolve();

  /** `state`: the tool that is to be open, and what it works on; null: none. */
  constructor(state: Signal<ToolState | null>) {
    this.#state = state;
    const items = TOOLS.map((name) => {
      const press = toolButton(name);
      press.addEventListener("click", () => void this.#toggle(name));
      this.#buttons.set(name, press);
      return el("li", {}, press);
    });
    byId("tools-list", HTMLUListElement).replaceChildren(...items);
    byId("tool-close", HTMLButtonElement).addEventListener("click", () => this.#closeByHand());
    this.#panel.addEventListener("keydown", (event) => event.key === "Escape" && this.#closeByHand());
  }

  /** Lends the tools what they need, and lets them be opened. */
  offer(bench: Bench): void {
    this.#bench = { ...bench, tell: (work) => this.#tell(work) };
    for (const [name, press] of this.#buttons) {
      press.disabled = false;
      for (const sign of ["pointerenter", "focus"]) press.addEventListener(sign, () => void this.#load(name).catch(() => undefined), { once: true });
    }
    follow(() => this.#state.value, (state) => {
      if (JSON.stringify(state) !== JSON.stringify(this.#open)) this.#opening = this.#change(state);
    });
    const { ear, heard, layers } = bench;
    follow(() => [ear.value, heard.value, layers.value], () => this.#open && this.#loaded.get(this.#open.name)?.refresh());
  }

  /** Opens a tool in place of the one that is open; null: only closes that. */
  async #change(state: ToolState | null): Promise<void> {
    if (this.#open) this.#loaded.get(this.#open.name)?.close();
    this.#open = state;
    this.#show();
    if (state === null) return;
    try {
      const tool = await this.#load(state.name);
      if (!tool || this.#open !== state) return;
      this.#title.textContent = tool.title;
      this.#body.replaceChildren(tool.element);
      tool.open(state);
    } catch (error) {
      const { title, detail } = problemOf(error);
      this.#body.replaceChildren(el("p", { className: "tool-trouble", role: "alert" }, `${title}. ${detail}`));
    }
  }

  /** Takes up what the open tool itself says it works on. */
  #tell(work: ToolWork): void {
    if (this.#open) this.#state.value = this.#open = { name: this.#open.name, ...work };
  }

  /** Fetches a tool's code; begun when a pointer or the focus comes near its button, so that it is there when pressed. */
  async #load(name: ToolName): Promise<Tool | null> {
    const bench = this.#bench;
    if (!bench) return null;
    const tool = this.#loaded.get(name) ?? (await LOADERS[name](bench));
    if (!this.#loaded.has(name)) this.#loaded.set(name, tool);
    return this.#loaded.get(name) ?? null;
  }

  async #toggle(name: ToolName): Promise<void> {
    if (this.#open?.name === name) return this.#closeByHand();
    this.#state.value = { name, ...FRESH };
    await this.#opening;
    this.#bench?.reveal();
    if (DRAWS.has(name)) this.#bench?.map.focus();
  }

  #closeByHand(): void {
    const press = this.#open && this.#buttons.get(this.#open.name);
    this.#state.value = null;
    press?.focus();
  }

  #show(): void {
    this.#panel.hidden = this.#open === null;
    document.documentElement.toggleAttribute("data-tool", this.#open !== null);
    if (this.#open) document.documentElement.dataset["tool"] = this.#open.name;
    this.#title.textContent = this.#open === null ? "" : WORDS[this.#open.name].name;
    this.#body.replaceChildren();
    for (const [name, press] of this.#buttons) press.ariaExpanded = String(name === this.#open?.name);
  }
}

function toolButton(name: ToolName): HTMLButtonElement {
  const { name: words, title, line } = WORDS[name];
  const press = el("button", { type: "button", className: "tool-button", title, disabled: true });
  press.setAttribute("aria-controls", "tool");
  press.ariaExpanded = "false";
  press.append(icon(line), el("span", {}, words));
  return press;
}
