/** The regions of this server, and how far those have come that are still being listened to. */

import { byId, el } from "../kit/dom";
import { formatDuration } from "../kit/format";
import { Problem } from "../server/problem";
import { type Region, regions } from "../server/search";

const LOOK_PAUSE = 2000; // milliseconds between two looks at a region that grows
const PATIENCE_PAUSE = 5000; // milliseconds after a look that failed

/** Keeps the regions known and their progress on the page, for as long as one is being built. */
export class Regions {
  all: Region[] = [];
  readonly #changed: () => void;
  readonly #element = byId("region", HTMLDivElement);
  readonly #words = el("p");
  readonly #bar = el("progress", { max: 1 });

  constructor(changed: () => void) {
    this.#changed = changed;
    this.#bar.setAttribute("aria-label", "Progress of the region");
    this.#element.append(this.#words, this.#bar);
  }

  /** The region of this name; without a name, the first. */
  find(name: string | null): Region | undefined {
    return name === null ? this.all[0] : this.all.find((region) => region.name === name);
  }

  /** Looks at the regions now and, while one is being built, again and again. */
  async watch(): Promise<void> {
    for (;;) {
      const pause = await this.#look();
      if (pause === null) return;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  /** One look; the milliseconds until the next is worthwhile, null when none is. */
  async #look(): Promise<number | null> {
    try {
      this.all = await regions();
    } catch (error) {
      // Searching tells of a server that is gone; a server that knows no regions need not be asked twice.
      return error instanceof Problem && error.retryAfter === null ? null : PATIENCE_PAUSE;
    }
    const growing = this.all.find(({ state }) => state === "building");
    this.#show(growing);
    this.#changed();
    return growing ? LOOK_PAUSE : null;
  }

  #show(region: Region | undefined): void {
    this.#element.hidden = region === undefined;
    if (!region) return;
    this.#words.textContent = progressWords(region);
    this.#bar.value = doneShare(region);
  }
}

/** How far a region has come: `Null Island is being listened to: 43%, 25 s left`. */
export function progressWords(region: Region): string {
  const percent = Math.floor(100 * doneShare(region));
  const left = region.seconds_left === null ? "" : `, ${formatDuration(region.seconds_left)} left`;
  return `${region.title} is being listened to: ${percent}%${left}`;
}

function doneShare({ done, failed, cells }: Region): number {
  return cells > 0 ? Math.min((done + failed) / cells, 1) : 0;
}
