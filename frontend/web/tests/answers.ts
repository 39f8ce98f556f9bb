/** What a server answers about one place, one search and one sound. */

import type { Soundscape } from "../src/server/api";
import type { MatchArea, Region, SearchAnswer } from "../src/server/search";
import type { Job } from "../src/server/sounds";

export const BEACH = { lat: 0.95905, lon: 0.2531 };

/** How a place sounds: three captions, two recordings and two concepts. */
export function heard(change: Partial<Soundscape> = {}): Soundscape {
  const { lat, lon } = { ...BEACH, ...change.point };
  const model = { checkpoint: "tiny", hash: "0123456789abcdef" };
  const caption = (id: string, text: string, score: number) => ({ id, text, score, scene: null, gallery: "tiny" });
  const recording = (id: string, title: string, score: number) => {
    const facts = { author: "", gallery: "tiny", licence: "CC0-1.0", seconds: 10 };
    return { id, title, score, ...facts, url: `/gallery/${id}/audio`, peaks: `/gallery/${id}/peaks` };
  };
  return {
    captions: [caption("c1", "waves break on a beach", 0.61), caption("c2", "the sea by night", 0.42), caption("c3", "rain", -0.1)],
    recordings: [recording("r1", "surf at Linton", 0.5), recording("r2", "gulls", 0.3)],
    concepts: [
      { id: 7, name: "surf", weight: 0.5 },
      { id: 9, name: null, weight: 0.25 },
    ],
    confidence: 0.9,
    gsd: 10,
    imagery: { attribution: "Null Island", bounds: [0.24, 0.94, 0.26, 0.97], source: "null-island", url: `/imagery/${lat},${lon}` },
    model,
    notes: [],
    point: { lat, lon },
    route: "retrieval",
    scale: 1,
    sound: { url: `/soundscape/audio?lat=${lat}&lon=${lon}` },
    ...change,
  } as unknown as Soundscape;
}

/** The soundscape of the place that a request names. */
export function heardAt({ searchParams }: URL): Soundscape {
  const number = (name: string): number => Number(searchParams.get(name));
  return heard({ point: { lat: number("lat"), lon: number("lon") }, scale: number("scale") });
}

/** A sound job. */
export function job(state: Job["state"], change: Partial<Job> = {}): Job {
  const id = change.id ?? "j1";
  const urls = { url: `/synthesis/${id}`, events: `/synthesis/${id}/events`, audio: `/synthesis/${id}/audio`, peaks: `/synthesis/${id}/peaks` };
  return { id, state, position: null, percent: 0, reason: null, engine: "foley", licence: "", notice: "", loop: false, ...urls, ...change };
}

export const ISLAND: Region = {
  name: "null-island",
  title: "Null Island",
  bounds: [0, 0.8, 1.4, 1.5],
  zoom: 12,
  cells: 100,
  done: 100,
  failed: 0,
  state: "ready",
  imagery: "null-island",
  scale: 1,
  hash: "all",
  seconds_left: null,
};

/** A place of a search. */
export function area(rank: number): MatchArea {
  const best = { ...BEACH, lat: BEACH.lat + rank / 10, z: 12, x: 0, y: 0 };
  const properties = { rank, score: 0.5 - rank / 100, percentile: 99 - rank, area_km2: 12 * rank, cells: rank, best };
  const { lat, lon } = best;
  const ring = [[lon, lat], [lon + 0.1, lat], [lon + 0.1, lat + 0.1], [lon, lat]];
  return { type: "Feature", geometry: { type: "Polygon", coordinates: [ring] }, properties } as unknown as MatchArea;
}

/** Three places that sound like the words. */
export function found(text: string, change: Partial<SearchAnswer> = {}): SearchAnswer {
  return {
    query: { id: "q1", text, minus: "", recording: false },
    region: "null-island",
    found: 3,
    heatmap: "http://elsewhere/heatmap/tilejson.json",
    progress: { done: 100, failed: 0, total: 100 },
    notes: [],
    features: [area(1), area(2), area(3)],
    ...change,
  };
}

export const TILES = {
  tiles: ["http://elsewhere/heatmap/{z}/{x}/{y}.png"],
  bounds: [0, 0.8, 1.4, 1.5],
  minzoom: 0,
  maxzoom: 12,
  attribution: "Earshot",
  legend: "http://elsewhere/heatmap/legend",
};

export const LEGEND = {
  by: "percentile",
  rescale: [50, 100],
  difference: false,
  stops: [
    { value: 50, colour: "#000000", alpha: 0 },
    { value: 100, colour: "#ffffff", alpha: 1 },
  ],
};
