/** The tool that chooses what the map shows, and whether the page is light or dark. */

import { el } from "../kit/dom";
import { type Base, BASES, type Layers, type OverlayName, OVERLAYS } from "../kit/layers";
import { chosenTheme, THEMES, useTheme } from "../kit/theme";
import type { OwnBench, Tool } from "./bench";

const BASE_WORDS: Record<Base, string> = { imagery: "Satellite imagery", plain: "Plain map" };
const OVERLAY_WORDS: Record<OverlayName, string> = {
  outlines: "Country outlines",
  glow: "Glow of a search",
  areas: "Places found",
  footprint: "Footprint of the place",
};

/** The tool of layers. */
export class LayersTool implements Tool {
  readonly title = "Layers";
  readonly element = el("div", { className: "layers" });
  readonly #bench: OwnBench;

  constructor(bench: OwnBench) {
    this.#bench = bench;
  }

  open(): void {
    this.refresh();
  }

  close(): void {
    this.element.replaceChildren();
  }

  refresh(): void {
    const focused = document.activeElement?.id;
    const layers = this.#bench.layers.value;
    this.element.replaceChildren(
      group("Ground", BASES.map((base) => this.#base(base, layers))),
      group("Over it", OVERLAYS.map((overlay) => this.#overlay(overlay, layers))),
      group("Appearance", THEMES.map(theme)),
      this.#credits(),
    );
    if (focused) document.getElementById(focused)?.focus();
  }

  #base(base: Base, layers: Layers): HTMLElement {
    const input = el("input", { type: "radio", name: "base", id: `base-${base}`, checked: layers.base === base });
    input.addEventListener("change", () => this.#show({ ...layers, base }));
    return el("label", {}, input, BASE_WORDS[base]);
  }

  #overlay(overlay: OverlayName, layers: Layers): HTMLElement {
    const isShown = !layers.hidden.includes(overlay);
    const input = el("input", { type: "checkbox", id: `overlay-${overlay}`, checked: isShown });
    input.addEventListener("change", () => {
      const others = layers.hidden.filter((name) => name !== overlay);
      this.#show({ ...layers, hidden: input.checked ? others : [...others, overlay] });
    });
    return el("label", {}, input, OVERLAY_WORDS[overlay]);
  }

  #show(layers: Layers): void {
    this.#bench.layers.value = layers;
  }

  /** Whose imagery is shown and listened to. */
  #credits(): HTMLElement {
    const { capabilities } = this.#bench;
    const shown = capabilities.imagery.find(({ name }) => name === this.#bench.ear.value.imagery);
    return el("p", { className: "tool-facts" }, `Imagery: ${shown?.attribution ?? ""}. Plain map: Natural Earth.`);
  }
}

function theme(name: (typeof THEMES)[number]): HTMLElement {
  const input = el("input", { type: "radio", name: "theme", id: `theme-${name}`, checked: chosenTheme() === name });
  input.addEventListener("change", () => useTheme(name));
  const words = { system: "As the system", light: "Light", dark: "Dark" }[name];
  return el("label", {}, input, words);
}

function group(title: string, choices: HTMLElement[]): HTMLElement {
  return el("fieldset", { className: "choices" }, el("legend", {}, title), ...choices);
}
