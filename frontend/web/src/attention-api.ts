/** The typed client of what explains an answer: attention over the patches, concepts, and shares of a score. */

import { type Bounds, placeParameters, type Question, type Schemas } from "./api";
import { getJson } from "./http";

/** What is looked for in the patches of a place: words of a caption, or a concept. */
export type Sought = { text: string; words: string[] } | { concept: number };

/** How much each patch of a place has of what is looked for. */
export interface Attention {
  bounds: Bounds;
  /** URL of the overlay that lies within `bounds`. */
  png: string;
  /** Values from nothing to strong, the same at every place. */
  rescale: [number, number];
  peak: { row: number; column: number; lat: number; lon: number; value: number };
  notes: string[];
}

export type ConceptName = Schemas["ConceptReference"];
export type ConceptPage = Schemas["ConceptPage"];

/** A concept with what weighs it most. */
export interface ConceptDetail extends ConceptName {
  captions: { id: string; text: string; weight: number }[];
  recordings: { id: string; title: string; weight: number; url: string }[];
  cells: { lat: number; lon: number; score: number; percentile: number }[];
  region: string | null;
  /** URL of the search for it; null: there is no region to look in. */
  search: string | null;
  notes: string[];
}

/** Why a caption or a recording has its score at a place: the contributions and `rest` sum to it. */
export interface Why {
  entry: { id: string; kind: "caption" | "recording"; text: string };
  score: number;
  concepts: { id: number; name: string | null; place: number; entry: number; contribution: number }[];
  rest: number;
  shared: number;
}

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
