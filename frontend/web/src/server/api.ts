/** The typed client of Earshot's HTTP interface. Field names and meanings are the server's own. */

import { ask, getJson, pause } from "./request";
import type { components } from "./openapi";
import { Problem, problemOf } from "./problem";
import type { Engine } from "./sounds";

/** West, south, east, north in degrees; east lies beyond 180 when the dateline is crossed. */
export type Bounds = [number, number, number, number];

/** What the server says, by the names it has there. */
export type Schemas = components["schemas"];

export type Imagery = Schemas["ImageryCapability"];
export type Capabilities = Pick<
  Schemas["Capabilities"],
  "version" | "checkpoint" | "captioner" | "imagery" | "default_imagery" | "scales"
> & { engines: Engine[] };
export type CaptionMatch = Schemas["CaptionMatch"];
export type RecordingMatch = Schemas["RecordingMatch"];
export type Soundscape = Schemas["Soundscape"];

/** How places are listened to: through one imagery source at one scale, at a time of the year and of the day. */
export interface Ear {
  scale: number;
  imagery: string;
  /** 1 to 12; null: any. */
  month: number | null;
  /** Local hour of the day, 0 to 23; null: any. */
  hour: number | null;
}

/** A place to listen to. */
export interface Question extends Ear {
  lat: number;
  lon: number;
}

/** What this server can do, and with what. Throws Problem. */
export function capabilities(signal?: AbortSignal): Promise<Capabilities> {
  return getJson<Capabilities>("/capabilities", signal);
}

/** The soundscape of a place. Throws Problem. */
export function soundscape(question: Question, signal?: AbortSignal): Promise<Soundscape> {
  return getJson<Soundscape>(`/soundscape?${placeParameters(question)}`, signal);
}

/** How captions come about: the gallery's nearest are retrieved, or one is generated for the image. */
export type CaptionRoute = "retrieve" | "generate";

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

/** The parameters by which the server knows a place and how it is listened to. */
export function placeParameters({ lat, lon, scale, imagery, month, hour }: Question): URLSearchParams {
  const query = new URLSearchParams({ lat: String(lat), lon: String(lon), scale: String(scale), imagery });
  if (month !== null) query.set("month", String(month));
  if (hour !== null) query.set("hour", String(hour));
  return query;
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
