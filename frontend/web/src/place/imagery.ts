/** Which imagery the page shows: the choice at opening, and the switch between sources. */

import { el } from "../kit/dom";
import { sentence } from "../kit/format";
import { type Capabilities, capabilities, type Imagery } from "../server/api";

const RASTER = "raster:"; // before the name of a file on the server
const LOOKS = 4;
const LOOK_PAUSE = 600; // milliseconds

/** The server's capabilities, once it knows whether its online imagery answers (or has had its time). Throws Problem. */
export async function knownCapabilities(): Promise<Capabilities> {
  for (let look = 1; ; look++) {
    const found = await capabilities();
    const unknown = found.imagery.some(({ reachable }) => reachable === null);
    if (!unknown || look === LOOKS) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_PAUSE));
  }
}

/** The source to open with: the server's default when it answers, else the first that needs no network. */
export function openingImagery({ imagery, default_imagery }: Capabilities): Imagery | null {
  const preferred = imagery.find(({ name }) => name === default_imagery);
  if (preferred && usable(preferred)) return preferred;
  return imagery.find(usable) ?? preferred ?? imagery[0] ?? null;
}

/** Fills the switch with every source; those that cannot be reached say so and cannot be chosen. */
export function offerImagery(select: HTMLSelectElement, sources: Imagery[], chosen: Imagery): void {
  const options = sources.map((source) => {
    const label = usable(source) ? imageryWords(source.name) : `${imageryWords(source.name)} (not reachable)`;
    const isChosen = source === chosen;
    return el("option", { value: source.name, disabled: !usable(source), selected: isChosen, title: source.name }, label);
  });
  select.replaceChildren(...options);
  select.title = chosen.name; // in full where there is no room for it
  select.disabled = false;
}

function usable({ online, reachable }: Imagery): boolean {
  return !online || reachable === true;
}

/** A source's name as people read it: a file's without its kind and its underscores. */
export function imageryWords(name: string): string {
  const known: Record<string, string> = {
    "null-island": "Null Island",
    esri: "Esri World Imagery",
    sentinel2: "Sentinel-2 cloudless",
  };
  const file = name.startsWith(RASTER) ? name.slice(RASTER.length).replace(/[_\s]+/g, " ").trim() : "";
  return known[name] ?? (file === "" ? name : sentence(file));
}
