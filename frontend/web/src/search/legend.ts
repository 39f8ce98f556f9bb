/** What the glow's colours mean, in numbers, and how strongly they cover the imagery. */

import { byId, el } from "../kit/dom";
import type { Query } from "../server/query";
import type { Legend } from "../server/search";

/** What the legend asks of the page. */
export interface LegendEvents {
  /** The person chose another opacity, 0 to 1. */
  onOpacity(opacity: number): void;
}

/** The legend of the glow on the map. */
export class LegendCard {
  readonly #element = byId("legend", HTMLElement);
  readonly #scale = el("figure", { className: "legend-scale" });
  readonly #opacity = el("input", { type: "range", min: "0", max: "100", value: "100", step: "5" });

  constructor(events: LegendEvents) {
    this.#opacity.addEventListener("input", () => events.onOpacity(this.#opacity.valueAsNumber / 100));
    this.#element.append(
      this.#scale,
      el("label", { className: "legend-opacity" }, el("span", {}, "Opacity"), this.#opacity),
    );
  }

  /** Shows the colours of a legend and the numbers they stand for. */
  show(legend: Legend, query: Query): void {
    const ramp = el("div", { className: "legend-ramp", role: "presentation" });
    ramp.style.backgroundImage = rampGradient(legend);
    const numbers = el("div", { className: "legend-numbers" }, ...ticks(legend).map((text) => el("span", {}, text)));
    this.#scale.replaceChildren(el("figcaption", {}, ...caption(legend, query)), ramp, numbers);
    this.#element.hidden = false;
  }

  /** Takes the legend away. */
  hide(): void {
    this.#element.hidden = true;
  }
}

/** A legend's colours as a CSS gradient from its lowest value to its highest. */
export function rampGradient({ stops }: Legend): string {
  return `linear-gradient(to right, ${stops.map(({ colour, alpha }) => colour + hex(alpha)).join(", ")})`;
}

/** The numbers under a ramp: its ends and its middle, signed when they are differences. */
export function ticks({ rescale: [low, high], by, difference }: Legend): string[] {
  return [low, (low + high) / 2, high].map((value) => {
    const text = by === "percentile" ? String(Math.round(Math.abs(value))) : Math.abs(value).toFixed(2);
    const sign = Number(text) === 0 ? "" : value < 0 ? "\u2212" : difference ? "+" : "";
    return sign + text;
  });
}

function caption({ by, difference }: Legend, { text, minus, id }: Query): HTMLElement[] {
  const unit = by === "percentile" ? "percentile" : "cosine";
  if (!difference) return [el("span", {}, `How well it fits: ${unit}`)];
  return [el("span", {}, `\u2190\u00a0${minus}`), el("span", {}, `${id === null ? text : "the recording"}\u00a0\u2192`)];
}

/** A share from 0 to 1 as two hexadecimal digits. */
function hex(share: number): string {
  return Math.round(255 * share).toString(16).padStart(2, "0");
}
