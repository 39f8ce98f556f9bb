/** What is being listened to, written in the page's address: `#lat,lon,scale,zoom` and, when not the default, `,imagery`. */

/** A place to listen to and how the map looks at it. */
export interface View {
  lat: number;
  lon: number;
  scale: number;
  zoom: number;
  /** The imagery source's name; null: the one the page opens with. */
  imagery: string | null;
}

const DECIMALS = 5; // about a metre

/** The address fragment of a view. */
export function formatPermalink(view: View): string {
  const parts = [view.lat.toFixed(DECIMALS), view.lon.toFixed(DECIMALS), view.scale, Math.round(view.zoom)];
  return `#${view.imagery === null ? parts.join() : [...parts, encodeURIComponent(view.imagery)].join()}`;
}

/** The view an address fragment names; null when it names none. */
export function parsePermalink(hash: string): View | null {
  const parts = hash.replace(/^#/, "").split(",");
  if (parts.length < 4 || parts.length > 5) return null;
  const [lat, lon, scale, zoom] = parts.slice(0, 4).map(number) as [number, number, number, number];
  const inside = Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && scale >= 1 && zoom >= 0 && zoom <= 24;
  if (!inside || !Number.isInteger(scale)) return null;
  return { lat, lon, scale, zoom, imagery: decoded(parts[4]) };
}

function number(text: string): number {
  return text.trim() === "" ? NaN : Number(text);
}

function decoded(text: string | undefined): string | null {
  try {
    return text ? decodeURIComponent(text) : null;
  } catch {
    return null;
  }
}
