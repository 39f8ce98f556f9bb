/**
 * What is being listened to and searched for, written in the page's address: `#lat,lon,scale,zoom`, then `,imagery` when
 * not the default, then `?q=…&minus=…` when something is searched for.
 */

import { type Query, queryFrom, queryParameters } from "./query";

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

/** The address fragment of a view and a query, either of which may be missing. */
export function formatPermalink(view: View | null, query: Query | null = null): string {
  const place = view === null ? "" : formatView(view);
  return query === null ? `#${place}` : `#${place}?${queryParameters(query)}`;
}

/** The view an address fragment names; null when it names none. */
export function parsePermalink(hash: string): View | null {
  const parts = hash.replace(/^#/, "").replace(/\?.*$/s, "").split(",");
  if (parts.length < 4 || parts.length > 5) return null;
  const [lat, lon, scale, zoom] = parts.slice(0, 4).map(number) as [number, number, number, number];
  const inside = Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && scale >= 1 && zoom >= 0 && zoom <= 24;
  if (!inside || !Number.isInteger(scale)) return null;
  return { lat, lon, scale, zoom, imagery: decoded(parts[4]) };
}

/** The query an address fragment names; null when it names none. */
export function parseQuery(hash: string): Query | null {
  const start = hash.indexOf("?");
  return start < 0 ? null : queryFrom(new URLSearchParams(hash.slice(start)));
}

function formatView(view: View): string {
  const parts = [view.lat.toFixed(DECIMALS), view.lon.toFixed(DECIMALS), view.scale, Math.round(view.zoom)];
  return view.imagery === null ? parts.join() : [...parts, encodeURIComponent(view.imagery)].join();
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
