/** Sounds as samples: fetched from the server, decoded, and made into loops without a seam. */

import { Problem, retrySeconds } from "../server/problem";
import { ask, pause } from "../server/request";

export const RATE = 44_100; // Hz, the server's

const SEAM = 1.5; // seconds over which a loop's end runs into its beginning

/** The samples of the sound at `url`, once it is rendered. Throws Problem, and AbortError when called off. */
export async function fetchSound(url: string, signal: AbortSignal): Promise<AudioBuffer> {
  for (;;) {
    const response = await ask(url, { signal, headers: { Accept: accepted() } });
    if (response.status !== 202) return decode(await response.arrayBuffer());
    await response.body?.cancel();
    await pause(Math.min(retrySeconds(response.headers.get("Retry-After") ?? "1"), 5), signal);
  }
}

async function decode(bytes: ArrayBuffer): Promise<AudioBuffer> {
  try {
    return await new OfflineAudioContext(2, 1, RATE).decodeAudioData(bytes);
  } catch {
    throw new Problem("The sound did not play", "The browser could not read the sound file.", 0, 1);
  }
}

/** The smallest of the server's formats that this browser plays. */
function accepted(): string {
  return document.createElement("audio").canPlayType("audio/ogg; codecs=opus") === "" ? "audio/flac" : "audio/ogg";
}

/** A sound that may be repeated without end. */
export function loopOf(sound: AudioBuffer): AudioBuffer {
  const seam = Math.min(Math.round(SEAM * sound.sampleRate), Math.floor(sound.length / 3));
  const { numberOfChannels, sampleRate } = sound;
  const loop = new AudioBuffer({ numberOfChannels, sampleRate, length: Math.max(sound.length - seam, 1) });
  for (let channel = 0; channel < numberOfChannels; channel++) {
    loop.copyToChannel(seamless(sound.getChannelData(channel), seam), channel);
  }
  return loop;
}

/** Samples whose last `seam` run into their first with equal power; shorter by so many. */
export function seamless(samples: Float32Array, seam: number): Float32Array<ArrayBuffer> {
  const length = samples.length - seam;
  const loop = new Float32Array(samples.subarray(0, length));
  for (let i = 0; i < seam; i++) {
    const [out, into] = equalPower((i + 0.5) / seam);
    loop[i] = (samples[length + i] ?? 0) * out + (samples[i] ?? 0) * into;
  }
  return loop;
}

/** The gains of the sound that goes and of the one that comes, at a share (0 to 1) of a crossfade; their squares sum to 1. */
export function equalPower(share: number): [number, number] {
  return [Math.cos((share * Math.PI) / 2), Math.sin((share * Math.PI) / 2)];
}
