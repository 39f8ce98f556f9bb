/** The typed client of sound jobs: ask for a sound, hear how it comes on, call it off, and draw its waveform. */

import { Problem, problemOf, retrySeconds } from "./problem";
import type { When } from "./question";
import { ask, getJson, pause } from "./request";
import type { Schemas } from "./schemas";

/** An engine that renders captions, whether or not it is installed on the server. */
export type Engine = Pick<
  Schemas["EngineCapability"],
  "name" | "default" | "available" | "needs" | "licence" | "notice" | "seconds_per_10s" | "knows_time"
>;

/** A sound job as it is now. */
export type Job = Pick<
  Schemas["JobStatus"],
  "id" | "state" | "position" | "percent" | "reason" | "engine" | "licence" | "notice" | "loop" | "url" | "events" | "audio" | "peaks"
>;

/** A waveform: the greatest amplitude of each of equal parts, 0 to 1. */
export type Peaks = Schemas["Peaks"];

/** A sound to be made: a caption told of a place, at a time that engines may know of. */
export interface SoundRequest extends When {
  caption: string;
  lat: number;
  lon: number;
  engine: string;
  /** Whether its end is to meet its beginning. */
  loop: boolean;
}

const LONGEST_PAUSE = 5; // seconds between two questions about a sound that is being rendered
const LOST_PAUSE = 2;

/** Whether nothing more will happen to a job. */
export function isEnded({ state }: Job): boolean {
  return state !== "queued" && state !== "running";
}

/** Asks for a sound; equal requests are one job. Throws Problem. */
export async function askForSound(request: SoundRequest, signal: AbortSignal): Promise<Job> {
  const headers = { "Content-Type": "application/json" };
  const response = await ask("/synthesis", { method: "POST", headers, body: JSON.stringify(request), signal });
  return (await response.json()) as Job;
}

/** Calls a job off; resolves to the job as it is then. Throws Problem. */
export async function cancelSound(job: Job): Promise<Job> {
  return (await (await ask(job.url, { method: "DELETE" })).json()) as Job;
}

/** Tells of a job at every change and resolves to it once it has ended; a lost connection is taken up again. Throws Problem. */
export async function followSound(job: Job, onChange: (job: Job) => void, signal: AbortSignal): Promise<Job> {
  for (;;) {
    const ended = await listenUntilLost(job.events, onChange, signal);
    if (ended) return ended;
    // The stream was refused for good: what the server says of the job tells whether it is worth coming back.
    try {
      const now = await getJson<Job>(job.url, signal);
      if (isEnded(now)) return now;
      onChange(now);
    } catch (error) {
      const problem = problemOf(error);
      if (signal.aborted || problem.retryAfter === null) throw error;
    }
    await pause(LOST_PAUSE, signal);
  }
}

/** The job when it has ended; null when the event source gave up, which it does not for a lost connection. */
function listenUntilLost(url: string, onChange: (job: Job) => void, signal: AbortSignal): Promise<Job | null> {
  return new Promise((resolve, reject) => {
    const source = new EventSource(url);
    const leave = (): void => {
      source.close();
      signal.removeEventListener("abort", onAbort);
    };
    const onAbort = (): void => {
      leave();
      reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort);
    const read = (event: MessageEvent<string>): Job => JSON.parse(event.data) as Job;
    source.addEventListener("progress", (event) => onChange(read(event)));
    source.addEventListener("end", (event) => {
      leave();
      resolve(read(event));
    });
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return;
      leave();
      resolve(null);
    });
  });
}

/** Resolves when the sound at `url` can be played, which asks for it to be rendered first. Throws Problem. */
export async function soundReady(url: string, signal: AbortSignal): Promise<void> {
  const response = await settled(url, { signal, headers: { Range: "bytes=0-0" } }, signal);
  await response.body?.cancel();
}

/** The waveform of a sound. Throws Problem. */
export async function soundPeaks(url: string, points: number, signal: AbortSignal): Promise<Peaks> {
  const response = await settled(`${url}?points=${points}`, { signal }, signal);
  return (await response.json()) as Peaks;
}

/** The answer to a request once it is no 202 any more. */
async function settled(url: string, init: RequestInit, signal: AbortSignal): Promise<Response> {
  for (;;) {
    const response = await ask(url, init);
    if (response.status !== 202) return response;
    await response.body?.cancel();
    await pause(Math.min(retrySeconds(response.headers.get("Retry-After") ?? "1"), LONGEST_PAUSE), signal);
  }
}

/** The problem that a job which failed tells of. */
export function failureOf(job: Job): Problem {
  return new Problem("The sound could not be made", job.reason ?? "The server did not say why.", 0, 1);
}
