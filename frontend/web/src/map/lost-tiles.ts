/** Tiles that did not load: the page tells of them once, in the server's words, and takes it back when none is missing. */

import type { Notice } from "../kit/notice";
import type { Problem } from "../server/problem";

/** What the map tells of the tiles of one kind. */
export interface TileEvents {
  /** A tile did not load. */
  onLost(url: string): void;
  /** No tile in view is missing any more. */
  onWhole(): void;
}

const QUIET = 15_000; // milliseconds in which one lost tile speaks for all

/** The missing tiles of one kind. */
export class LostTiles implements TileEvents {
  readonly #notice: Pick<Notice, "tell" | "takeBack">;
  readonly #ask: (url: string) => Promise<Problem | null>;
  readonly #reload: () => void;
  #asked = -Infinity;
  #told: Problem | null = null;
  #isWhole = true;

  /** `ask` learns what to tell of a missing tile, null: nothing; `reload` draws the tiles in view once more. */
  constructor(
    notice: Pick<Notice, "tell" | "takeBack">,
    ask: (url: string) => Promise<Problem | null>,
    reload: () => void,
  ) {
    this.#notice = notice;
    this.#ask = ask;
    this.#reload = reload;
  }

  onLost(url: string): void {
    this.#isWhole = false;
    if (this.#told || performance.now() - this.#asked < QUIET) return;
    this.#asked = performance.now();
    void this.#tell(url);
  }

  onWhole(): void {
    this.#isWhole = true;
    this.#asked = -Infinity;
    if (this.#told) this.#notice.takeBack(this.#told);
    this.#told = null;
  }

  async #tell(url: string): Promise<void> {
    const problem = await this.#ask(url);
    if (!problem || this.#isWhole || this.#told) return; // the tiles may have gone or come meanwhile
    this.#told = problem;
    this.#notice.tell(problem, () => this.#reload());
  }
}
