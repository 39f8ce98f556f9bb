/** How the page's panels share the window with the map: side panels on wide screens, a bottom sheet on narrow ones. */

import { byId } from "../kit/dom";
import type { Insets } from "../map/map";

const LEAST_ROOM = 320; // pixels between two side panels in which a place is to be looked at

/** Measures what covers the map, and folds the sheet. */
export class Sheets {
  readonly #body = byId("panel-body", HTMLDivElement);
  readonly #panel = byId("panel", HTMLElement);
  readonly #tool = byId("tool", HTMLElement);
  readonly #head = byId("masthead", HTMLElement);
  readonly #tools = byId("tools", HTMLElement);
  readonly #fold = byId("fold", HTMLButtonElement);
  readonly #changed: (insets: Insets) => void;

  constructor(changed: (insets: Insets) => void) {
    this.#changed = changed;
  }

  /** Begins to watch the window and the panels. */
  watch(): void {
    this.#fold.addEventListener("click", () => this.#setFolded(this.#fold.ariaExpanded === "true"));
    const layout = new ResizeObserver(() => this.layOut());
    for (const part of [this.#panel, this.#tool, this.#head]) layout.observe(part);
    addEventListener("resize", () => this.layOut());
    this.layOut();
  }

  /** Opens the sheet if it is folded, and shows the beginning of what is in it. */
  showFromTop(): void {
    this.#setFolded(false);
    this.layOut();
    this.#body.scrollTop = 0;
  }

  /** Tells the map how much of it is covered: its sides on wide screens, its upper and lower part on narrow ones. */
  layOut(): void {
    const { style } = document.documentElement;
    const head = this.#head.getBoundingClientRect();
    style.setProperty("--head-bottom", `${head.bottom}px`);
    const { bottom: mapTop } = this.#tools.getBoundingClientRect();
    style.setProperty("--map-top", `${mapTop}px`);
    const panel = this.#panel.getBoundingClientRect();
    const tool = this.#tool.getBoundingClientRect();
    const sheet = panel.height > 0 ? panel : tool;
    const isSheet = sheet.width >= innerWidth - 1;
    const bottom = isSheet ? innerHeight - sheet.top : 0;
    style.setProperty("--sheet-height", `${bottom}px`);
    const top = isSheet ? mapTop : 0;
    const isRoomy = panel.left - head.right >= LEAST_ROOM;
    const left = isSheet || !isRoomy ? 0 : head.right;
    this.#changed({ top, left, right: isSheet ? 0 : innerWidth - panel.left, bottom });
  }

  #setFolded(isFolded: boolean): void {
    this.#panel.classList.toggle("panel-folded", isFolded);
    this.#fold.ariaExpanded = String(!isFolded);
  }
}
