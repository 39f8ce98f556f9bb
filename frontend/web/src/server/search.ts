/** The typed client of the search that runs backwards: regions, ranked places and the glow over the map. */

import type { MultiPolygon, Polygon } from "geojson";

import { type Query, queryParameters } from "./query";
import { ask, getJson } from "./request";
import type { Schemas } from "./schemas";

// Of the server's schemas, what the page uses; geometries are GeoJSON's own.

/** A part of the world whose imagery has been listened to, cell by cell. */
export type Region = Pick<
  Schemas["RegionReference"],
  "name" | "title" | "bounds" | "zoom" | "cells" | "done" | "failed" | "state" | "imagery" | "scale" | "hash" | "seconds_left"
>;

/** A connected bright area. */
export type Match = Pick<
  Schemas["PlaceProperties"],
  "rank" | "score" | "percentile" | "area_km2" | "cells" | "best"
>;

/** An area as GeoJSON has it. */
export type MatchArea = Pick<Schemas["Place"], "type"> & { geometry: Polygon | MultiPolygon; properties: Match };

export type SearchAnswer = Pick<
  Schemas["SearchAnswer"],
  "query" | "region" | "found" | "heatmap" | "progress" | "notes"
> & { features: MatchArea[] };

/** What the map needs to know about the glow's tiles (TileJSON 3.0). */
export type TileJson = Pick<
  Schemas["TileJson"],
  "tiles" | "bounds" | "minzoom" | "maxzoom" | "attribution" | "legend"
>;

/** The colours of a glow and the values they stand for, lowest first. */
export type Legend = Pick<
  Schemas["Legend"],
  "by" | "rescale" | "difference" | "stops"
>;

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
