/** Places worth a first click, so that nobody starts in front of an empty map. */

export interface Place {
  name: string;
  lat: number;
  lon: number;
}

const NULL_ISLAND: Place[] = [
  { name: "A beach", lat: 0.05, lon: 0.02 },
  { name: "The harbour", lat: 0.05, lon: 0.02 },
  { name: "A forest", lat: 0.05, lon: 0.02 },
  { name: "The airport", lat: 0.05, lon: 0.02 },
];

const WORLD: Place[] = [
  { name: "Bondi Beach, Sydney", lat: -33.8916, lon: 151.2767 },
  { name: "Shibuya, Tokyo", lat: 35.6595, lon: 139.7005 },
  { name: "Manú rainforest, Peru", lat: -11.8564, lon: -71.7213 },
  { name: "Heathrow Airport, London", lat: 51.4645, lon: -0.4345 },
];

/** Examples that the imagery source has pictures of. */
export function examplePlaces(imagery: { name: string; bounds: unknown }): Place[] {
  if (imagery.name === "null-island") return NULL_ISLAND;
  return imagery.bounds === null ? WORLD : [];
}
