/** What the stops of a journey sound like. */

import { formatPoint, sentence } from "../kit/format";
import { soundscape } from "../server/api";
import type { Point } from "../server/geo";
import { Problem } from "../server/problem";
import type { Ear } from "../server/question";
import { fetchSound } from "../sound/samples";

/** A stop, heard. */
export interface Stop {
  point: Point;
  /** How it was listened to, as text. */
  ear: string;
  caption: string;
  /** Equal names are equal sounds. */
  name: string;
  sound: AudioBuffer;
}

const AT_ONCE = 3;

/** Listens to all stops, a few at once, and tells how many are done. Throws Problem, which names the stop. */
export async function hearStops(
  route: Point[],
  ear: Ear,
  signal: AbortSignal,
  tell: (done: number, all: number) => void,
): Promise<Stop[]> {
  const sounds = new Map<string, Promise<AudioBuffer>>();
  let done = 0;
  tell(0, route.length);
  return inTurns(route, AT_ONCE, async (point, index) => {
    try {
      const place = await soundscape({ ...point, ...ear }, signal);
      const name = place.captions[0]?.text ?? "";
      const sound = sounds.get(name) ?? fetchSound(place.sound.url, signal);
      sounds.set(name, sound);
      const stop = { point, ear: JSON.stringify(ear), caption: sentence(name), name, sound: await sound };
      tell(++done, route.length);
      return stop;
    } catch (error) {
      if (!(error instanceof Problem) || error.status === 0) throw error;
      const where = `Stop ${index + 1} at ${formatPoint(point.lat, point.lon, 3)}: `;
      throw new Problem(error.title, where + error.detail, error.status, error.retryAfter);
    }
  });
}

/** The results of a job for each item in order, of which `atOnce` run at the same time; the first error ends it. */
export async function inTurns<T, R>(
  items: T[],
  atOnce: number,
  job: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  let isBroken = false;
  const work = async (): Promise<void> => {
    for (let index = next++; index < items.length && !isBroken; index = next++) {
      try {
        results[index] = await job(items[index] as T, index);
      } catch (error) {
        isBroken = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
  return results;
}
