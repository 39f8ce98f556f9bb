/** The typed client of Earshot's HTTP interface. Field names and meanings are the server's own. */

import { Problem, problemOf } from "./problem";
import { placeParameters, type Question } from "./question";
import { ask, getJson, pause } from "./request";
import type { Schemas } from "./schemas";
import type { Engine } from "./sounds";

export type Imagery = Schemas["ImageryCapability"];
export type Capabilities = Pick<
  Schemas["Capabilities"],
  "version" | "checkpoint" | "captioner" | "imagery" | "default_imagery" | "scales"
> & { engines: Engine[] };
export type CaptionMatch = Schemas["CaptionMatch"];
export type RecordingMatch = Schemas["RecordingMatch"];
export type Soundscape = Schemas["Soundscape"];

/** What this server can do, and with what. Throws Problem. */
export function capabilities(signal?: AbortSignal): Promise<Capabilities> {
  return getJson<Capabilities>("/capabilities", signal);
}

/** The soundscape of a place. Throws Problem. */
export function soundscape(question: Question, signal?: AbortSignal): Promise<Soundscape> {
  return getJson<Soundscape>(`/soundscape?${placeParameters(question)}`, signal);
}

const BEING_WRITTEN = "/problems/unavailable";

/** The soundscape of a place whose caption is written for its image, which may take minutes. Throws Problem. */
export async function writtenSoundscape(question: Question, signal: AbortSignal): Promise<Soundscape> {
  for (;;) {
    try {
      return await getJson<Soundscape>(`/soundscape?${placeParameters(question)}&caption=generate`, signal);
    } catch (error) {
      if (!(error instanceof Problem) || error.type !== BEING_WRITTEN || error.retryAfter === null) throw error;
      await pause(error.retryAfter, signal);
    }
  }
}

/** What is to be told of a missing tile of the imagery: only what passes, as no imagery lies in many places. */
export async function imageryProblem(url: string): Promise<Problem | null> {
  const problem = await tileProblem(url);
  return problem?.retryAfter === null ? null : problem;
}

/** What is to be told of a missing tile of the glow: whatever the server says, or that it answers now. */
export async function glowProblem(url: string): Promise<Problem> {
  return (await tileProblem(url)) ?? new Problem("A part of the glow is missing", "It can be had now.", 0, 1);
}

/** Asks for a map tile again to learn why it failed; null when it did not fail after all. */
async function tileProblem(url: string): Promise<Problem | null> {
  try {
    const response = await ask(url, {});
    await response.body?.cancel();
    return null;
  } catch (error) {
    return problemOf(error);
  }
}
