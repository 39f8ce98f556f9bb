/** A journey's sounds mixed into one, which is both what is heard and what is saved. */

import { equalPower, loopOf, RATE } from "../sound/samples";
import { duration, STAY } from "./journey";

const FADE = 2.5; // seconds in which one place's sound runs into the next one's
const EDGE = 0.4; // seconds of fading at the very beginning and end
const CURVE = 64; // points of a fade

/** One sound from one stop up to another, both counted from 0 and the second left out. */
export interface Part {
  from: number;
  to: number;
  sound: AudioBuffer;
}

/** The parts of a journey, of whose stops those in a row that sound the same are one part. */
export function partsOf(stops: { name: string; sound: AudioBuffer }[]): Part[] {
  const parts: (Part & { name: string })[] = [];
  stops.forEach(({ name, sound }, i) => {
    const last = parts.at(-1);
    if (last?.name === name) last.to = i + 1;
    else parts.push({ name, from: i, to: i + 1, sound });
  });
  return parts.map(({ from, to, sound }) => ({ from, to, sound }));
}

/** The whole journey, its parts running into one another with equal power. */
export function rendered(parts: Part[]): Promise<AudioBuffer> {
  const stops = parts.at(-1)?.to ?? 0;
  const whole = duration(stops);
  const context = new OfflineAudioContext(2, Math.max(Math.round(whole * RATE), 1), RATE);
  for (const { from, to, sound } of parts) {
    const [isFirst, isLast] = [from === 0, to === stops];
    const begin = isFirst ? 0 : from * STAY - FADE / 2;
    const end = isLast ? whole : to * STAY + FADE / 2;
    const gain = new GainNode(context, { gain: 0 });
    const [into, out] = [isFirst ? EDGE : FADE, isLast ? EDGE : FADE];
    gain.gain.setValueCurveAtTime(fade(1), begin, into);
    gain.gain.setValueCurveAtTime(fade(0), end - out, out);
    const source = new AudioBufferSourceNode(context, { buffer: loopOf(sound), loop: true });
    source.connect(gain).connect(context.destination);
    source.start(begin);
    source.stop(end);
  }
  return context.startRendering();
}

/** The gains of a sound that comes (1) or goes (0). */
function fade(which: 0 | 1): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: CURVE }, (_, i) => equalPower(i / (CURVE - 1))[which]);
}
