/** The sound that is made for a place: where it stands, from the asking to the end. Only the newest asking counts. */

import { Newest } from "../kit/newest";
import { type Problem, problemOf } from "../server/problem";
import {
  askForSound,
  cancelSound,
  failureOf,
  followSound,
  isEnded,
  type Job,
  type SoundRequest,
} from "../server/sounds";

/** Where a sound stands. */
export type Stage =
  | { kind: "idle" }
  | { kind: "asking" }
  | { kind: "queued"; position: number }
  | { kind: "rendering"; percent: number }
  | { kind: "done"; job: Job }
  | { kind: "failed"; problem: Problem }
  | { kind: "cancelled" };

/** Whether a sound is on its way. */
export function isBusy({ kind }: Stage): boolean {
  return kind === "asking" || kind === "queued" || kind === "rendering";
}

/** What a synthesis asks of the server. */
export interface SoundClient {
  ask(request: SoundRequest, signal: AbortSignal): Promise<Job>;
  follow(job: Job, onChange: (job: Job) => void, signal: AbortSignal): Promise<Job>;
  cancel(job: Job): Promise<Job>;
}

const SERVER: SoundClient = { ask: askForSound, follow: followSound, cancel: cancelSound };

/** Asks for one sound at a time and follows it. Leaving a sound does not call it off: others may wait for it, too. */
export class Synthesis {
  stage: Stage = { kind: "idle" };
  readonly #changed: (stage: Stage) => void;
  readonly #client: SoundClient;
  readonly #newest = new Newest();
  #job: Job | null = null;
  #wasCancelled = false;

  constructor(changed: (stage: Stage) => void, client: SoundClient = SERVER) {
    this.#changed = changed;
    this.#client = client;
  }

  /** Asks for a sound in place of the one before, and follows it to its end. */
  async start(request: SoundRequest): Promise<void> {
    this.#forget();
    this.#become({ kind: "asking" });
    try {
      const ended = await this.#newest.run((signal) => this.#made(request, signal));
      if (ended) this.#become(stageOf(ended));
    } catch (error) {
      this.#become({ kind: "failed", problem: problemOf(error) });
    }
  }

  /** Calls the sound on its way off, on the server, too. */
  async cancel(): Promise<void> {
    if (!isBusy(this.stage)) return;
    const job = this.#job;
    this.#wasCancelled = true;
    if (job === null) return; // called off as soon as the server has said which it is
    try {
      const ended = await this.#client.cancel(job);
      if (this.#job !== job) return;
      this.#newest.cancel();
      this.#become(stageOf(ended));
    } catch (error) {
      if (this.#job === job) this.#become({ kind: "failed", problem: problemOf(error) });
    }
  }

  /** Turns to another sound: what the one before comes to is not told any more. */
  leave(): void {
    this.#forget();
    this.#become({ kind: "idle" });
  }

  async #made(request: SoundRequest, signal: AbortSignal): Promise<Job> {
    const job = await this.#client.ask(request, signal);
    signal.throwIfAborted();
    if (isEnded(job)) return job;
    if (this.#wasCancelled) return this.#client.cancel(job);
    this.#job = job;
    this.#become(stageOf(job));
    return this.#client.follow(job, (now) => signal.aborted || this.#become(stageOf(now)), signal);
  }

  #forget(): void {
    this.#newest.cancel();
    this.#job = null;
    this.#wasCancelled = false;
  }

  #become(stage: Stage): void {
    this.stage = stage;
    this.#changed(stage);
  }
}

function stageOf(job: Job): Stage {
  switch (job.state) {
    case "queued":
      return { kind: "queued", position: job.position ?? 1 };
    case "running":
      return { kind: "rendering", percent: job.percent };
    case "done":
      return { kind: "done", job };
    case "failed":
      return { kind: "failed", problem: failureOf(job) };
    case "cancelled":
      return { kind: "cancelled" };
  }
}
