/** How a place is asked about: where it is, through which imagery, at which scale and time. */

import type { Point } from "./geo";

/** A time of the year and of the day; null: any. */
export interface When {
  /** 1 to 12. */
  month: number | null;
  /** Local hour of the day, 0 to 23. */
  hour: number | null;
}

export const ANY_TIME: When = { month: null, hour: null };

/** How places are listened to: through one imagery source at one scale, at a time. */
export interface Ear extends When {
  scale: number;
  imagery: string;
}

/** A place to listen to. */
export interface Question extends Ear, Point {}

/** How captions come about: the gallery's nearest are retrieved, or one is generated for the image. */
export type CaptionRoute = "retrieve" | "generate";

/** The parameters by which the server knows a place and how it is listened to. */
export function placeParameters({ lat, lon, scale, imagery, month, hour }: Question): URLSearchParams {
  const query = new URLSearchParams({ lat: String(lat), lon: String(lon), scale: String(scale), imagery });
  if (month !== null) query.set("month", String(month));
  if (hour !== null) query.set("hour", String(hour));
  return query;
}
