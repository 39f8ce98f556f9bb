/** The form that takes coordinates, for those who know where to go and those who do not use a pointer. */

import { byId } from "../kit/dom";

/** A latitude or longitude as people type it, such as `-33.9`, `33.9 S` or `33,9`; null when it is none within `limit`. */
export function parseDegrees(text: string, limit: 90 | 180): number | null {
  const hemispheres = limit === 90 ? "NS" : "EW";
  const match = new RegExp(`^([+\u2212-]?)(\\d+(?:[.,]\\d+)?)\\s*°?\\s*([${hemispheres}]?)$`, "i").exec(text.trim());
  if (!match) return null;
  const [, sign = "", digits = "", hemisphere = ""] = match;
  const south = "SW".includes(hemisphere.toUpperCase()) && hemisphere !== "";
  const value = Number(digits.replace(",", ".")) * (sign === "-" || sign === "\u2212" ? -1 : 1) * (south ? -1 : 1);
  return Math.abs(value) <= limit ? value : null;
}

/** Calls `go` with each place asked for; words that are no coordinates are answered beside the field. */
export function watchFinder(go: (lat: number, lon: number) => void): void {
  const fields = { lat: byId("finder-lat", HTMLInputElement), lon: byId("finder-lon", HTMLInputElement) };
  const words = byId("finder-words", HTMLParagraphElement);
  byId("finder", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    const lat = parseDegrees(fields.lat.value, 90);
    const lon = parseDegrees(fields.lon.value, 180);
    fields.lat.setAttribute("aria-invalid", String(lat === null));
    fields.lon.setAttribute("aria-invalid", String(lon === null));
    words.textContent =
      lat === null
        ? "Latitude is a number of degrees from −90 to 90."
        : lon === null
          ? "Longitude is a number of degrees from −180 to 180."
          : "";
    if (lat === null) fields.lat.focus();
    else if (lon === null) fields.lon.focus();
    else go(lat, lon);
  });
}
