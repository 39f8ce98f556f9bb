/** Places worth a first click, so that nobody starts in front of an empty map. */

import { button, byId, el } from "../kit/dom";
import type { Imagery } from "../server/api";

export interface Place {
  name: string;
  lat: number;
  lon: number;
}

const NULL_ISLAND: Place[] = [
  { name: "Linton beach", lat: 0.95905, lon: 0.2531 },
  { name: "Old Rosford harbour", lat: 1.32651, lon: 0.93526 },
  { name: "Old Rosford city", lat: 1.3029, lon: 0.92063 },
  { name: "Wide forest", lat: -0.65278, lon: -0.15938 },
  { name: "Eastern farmland", lat: 0.84958, lon: 1.2081 },
  { name: "Belham reef", lat: 1.03965, lon: 0.36767 },
  { name: "Halhaven airport", lat: 1.33005, lon: 0.81998 },
];

const WORLD: Place[] = [
  { name: "Bondi Beach, Sydney", lat: -33.8916, lon: 151.2767 },
  { name: "Shibuya, Tokyo", lat: 35.6595, lon: 139.7005 },
  { name: "Manú rainforest, Peru", lat: -11.8564, lon: -71.7213 },
  { name: "Heathrow Airport, London", lat: 51.4645, lon: -0.4345 },
];

/** Offers the examples of an imagery source beneath the first words of the page. */
export function offerPlaces(imagery: Imagery, go: (place: Place) => void): void {
  const places = examplePlaces(imagery);
  const items = places.map((place) => el("li", {}, button(place.name, () => go(place))));
  byId("example-list", HTMLUListElement).replaceChildren(...items);
  byId("examples", HTMLDivElement).hidden = places.length === 0;
}

/** Examples that the imagery source has pictures of. */
export function examplePlaces(imagery: { name: string; bounds: unknown }): Place[] {
  if (imagery.name === "null-island") return NULL_ISLAND;
  return imagery.bounds === null ? WORLD : [];
}
