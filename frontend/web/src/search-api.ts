/** The typed client of the search that runs backwards: regions, ranked places and the glow over the map. */

import type { MultiPolygon, Polygon } from "geojson";

import type { Bounds } from "./api";
import { ask, getJson } from "./http";
import { type Query, queryParameters } from "./query";

/** A part of the world whose imagery has been listened to, cell by cell. */
export interface Region {
  name: string;
  title: string;
  bounds: Bounds;
  /** Cells are map tiles of this zoom. */
  zoom: number;
  cells: number;
  done: number;
  failed: number;
  state: "building" | "ready" | "partial";
  imagery: string;
  scale: number;
  /** Changes as more cells are listened to, and no more once all are. */
  hash: string;
  seconds_left: number | null;
}

/** A connected bright area. */
export interface Match {
  rank: number;
  score: number;
  /** 0 to 100: how the area's best cell stands among everything the region might be asked for. */
  percentile: number;
  area_km2: number;
  cells: number;
  best: { lat: number; lon: number; score: number; percentile: number };
}

export interface MatchArea {
  type: "Feature";
  geometry: Polygon | MultiPolygon;
  properties: Match;
}

export interface SearchAnswer {
  features: MatchArea[];
  query: { id: string; text: string; minus: string; recording: boolean };
  region: string;
  /** How many places there are, listed or not. */
  found: number;
  /** URL of the TileJSON of the glow. */
  heatmap: string;
  progress: { done: number; failed: number; total: number };
  notes: string[];
}

/** What the map needs to know about the glow's tiles (TileJSON 3.0). */
export interface TileJson {
  tiles: string[];
  bounds: Bounds;
  minzoom: number;
  maxzoom: number;
  attribution: string;
  /** URL of the legend. */
  legend: string;
}

/** The colours of a glow and the values they stand for, lowest first. */
export interface Legend {
  by: "percentile" | "cosine";
  rescale: [number, number];
  /** Whether the values are differences between two queries. */
  difference: boolean;
  /** `colour` as #rrggbb, `alpha` 0 to 1. */
  stops: { value: number; colour: string; alpha: number }[];
}

/** All regions that this server holds or builds. Throws Problem. */
export async function regions(signal?: AbortSignal): Promise<Region[]> {
  return (await getJson<{ regions: Region[] }>("/regions", signal)).regions;
}

/** The places that sound most like a query. Throws Problem. */
export function search(query: Query, signal?: AbortSignal): Promise<SearchAnswer> {
  return getJson<SearchAnswer>(`/search?${queryParameters(query)}`, signal);
}

/** The places that sound most like a recording, composed with the words of the query if it has any. Throws Problem. */
export async function searchRecording(recording: Blob, query: Query, signal?: AbortSignal): Promise<SearchAnswer> {
  const form = new FormData();
  for (const [name, value] of queryParameters({ ...query, id: null })) if (value !== "") form.set(name, value);
  form.set("file", recording, recording instanceof File ? recording.name : "recording.wav");
  const response = await ask("/search", {
    method: "POST",
    body: form,
    headers: { Accept: "application/json" },
    ...(signal ? { signal } : {}),
  });
  return (await response.json()) as SearchAnswer;
}

/** The tiles of an answer's glow and the legend of their colours. Throws Problem. */
export async function glow(answer: SearchAnswer, signal?: AbortSignal): Promise<{ tiles: TileJson; legend: Legend }> {
  const tiles = await getJson<TileJson>(here(answer.heatmap), signal);
  const legend = await getJson<Legend>(here(tiles.legend), signal);
  return { tiles: { ...tiles, tiles: tiles.tiles.map(here) }, legend };
}

/** A URL of this server as the browser reaches it, whatever name the server knows itself by. */
function here(url: string): string {
  return url.replace(/^https?:\/\/[^/]+/, "");
}
