/** The typed client of what explains an answer: attention over the patches, concepts, and shares of a score. */

import { placeParameters, type Question } from "./question";
import { getJson } from "./request";
import type { Schemas } from "./schemas";

/** What is looked for in the patches of a place: words of a caption, or a concept. */
export type Sought = { text: string; words: string[] } | { concept: number };

/** How much each patch of a place has of what is looked for. */
export type Attention = Pick<Schemas["Attention"], "bounds" | "png">;

export type ConceptName = Schemas["ConceptReference"];
export type ConceptPage = Schemas["ConceptPage"];

/** A concept with what weighs it most. */
export type ConceptDetail = Schemas["ConceptDetail"];

/** Why a caption or a recording has its score at a place: the contributions and `rest` sum to it. */
export type Why = Pick<Schemas["Why"], "entry" | "score" | "concepts" | "rest" | "shared">;

/** Where in the image of a place the sought is. Throws Problem. */
export function attention(place: Question, sought: Sought, signal?: AbortSignal): Promise<Attention> {
  const query = placeParameters(place);
  if ("concept" in sought) query.set("concept", String(sought.concept));
  else query.set("q", sought.text);
  if ("words" in sought && sought.words.length > 0) query.set("words", sought.words.join());
  return getJson<Attention>(`/attention?${query}`, signal);
}

/** Why an entry of the gallery came close to a place. Throws Problem. */
export function why(place: Question, entry: string, signal?: AbortSignal): Promise<Why> {
  const query = placeParameters(place);
  query.set("entry", entry);
  return getJson<Why>(`/soundscape/why?${query}`, signal);
}

/** A part of the codebook, in order of id. Throws Problem. */
export function concepts(offset: number, limit: number, signal?: AbortSignal): Promise<ConceptPage> {
  return getJson<ConceptPage>(`/concepts?offset=${offset}&limit=${limit}`, signal);
}

/** One concept. Throws Problem. */
export function concept(id: number, signal?: AbortSignal): Promise<ConceptDetail> {
  return getJson<ConceptDetail>(`/concepts/${id}`, signal);
}

/** What a concept is called, also when it has no name. */
export function conceptWords({ id, name }: ConceptName): string {
  return name ?? `Concept ${id}`;
}
