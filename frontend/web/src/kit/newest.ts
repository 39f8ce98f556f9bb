/** Of many requests in a row, only the newest counts. */

/** Runs one job at a time: starting another calls off the one before. */
export class Newest {
  #running: AbortController | null = null;

  /** Whether a job is under way. */
  get isBusy(): boolean {
    return this.#running !== null;
  }

  /** Resolves to the job's result, or to null when a newer job took its place; throws only the newest job's error. */
  async run<T>(job: (signal: AbortSignal) => Promise<T>): Promise<T | null> {
    this.cancel();
    const mine = new AbortController();
    this.#running = mine;
    try {
      const result = await job(mine.signal);
      return this.#running === mine ? result : null;
    } catch (error) {
      if (this.#running !== mine) return null;
      throw error;
    } finally {
      if (this.#running === mine) this.#running = null;
    }
  }

  /** Calls off the job under way, if any. */
  cancel(): void {
    const running = this.#running;
    this.#running = null;
    running?.abort();
  }
}
