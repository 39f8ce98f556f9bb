/** Loading ahead of what is wanted next: few requests at once, the most urgent first, stale ones called off, some kept. */

/** How much is loaded at once and how much is kept. */
export interface Bounds {
  atOnce: number;
  kept: number;
}

/** Loads values by key, for someone whose wishes change faster than they can be met. */
export class Prefetch<T> {
  readonly #load: (key: string, signal: AbortSignal) => Promise<T>;
  readonly #bounds: Bounds;
  readonly #come: (key: string) => void;
  readonly #fail: (key: string, error: unknown) => void;
  readonly #values = new Map<string, T>(); // the least recently wanted first
  readonly #running = new Map<string, AbortController>();
  #wanted: string[] = [];

  constructor(
    load: (key: string, signal: AbortSignal) => Promise<T>,
    bounds: Bounds,
    come: (key: string) => void,
    fail: (key: string, error: unknown) => void,
  ) {
    this.#load = load;
    this.#bounds = bounds;
    this.#come = come;
    this.#fail = fail;
  }

  /** Says what is wanted from now on, the most urgent first; what runs for nothing else is called off. */
  want(keys: string[]): void {
    this.#wanted = keys;
    for (const [key, controller] of this.#running) {
      if (keys.includes(key)) continue;
      this.#running.delete(key);
      controller.abort();
    }
    this.#start();
  }

  /** What has been loaded for a key. */
  get(key: string): T | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) this.#keep(key, value);
    return value;
  }

  /** Requests under way. */
  get running(): number {
    return this.#running.size;
  }

  #start(): void {
    for (const key of this.#wanted) {
      if (this.#running.size >= this.#bounds.atOnce) return;
      if (!this.#values.has(key) && !this.#running.has(key)) void this.#run(key);
    }
  }

  async #run(key: string): Promise<void> {
    const mine = new AbortController();
    this.#running.set(key, mine);
    const isStale = (): boolean => this.#running.get(key) !== mine;
    try {
      const value = await this.#load(key, mine.signal);
      if (isStale()) return;
      this.#running.delete(key);
      this.#keep(key, value);
      this.#come(key);
    } catch (error) {
      if (isStale()) return;
      this.#running.delete(key);
      this.#wanted = this.#wanted.filter((wanted) => wanted !== key); // asked again only when wanted anew
      this.#fail(key, error);
    }
    this.#start();
  }

  #keep(key: string, value: T): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    for (const oldest of this.#values.keys()) {
      if (this.#values.size <= this.#bounds.kept) return;
      this.#values.delete(oldest);
    }
  }
}
