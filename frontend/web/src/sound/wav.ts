/** Sound files that any server can read: the browser decodes what it recorded, and it travels as 16-bit WAV. */

import { Problem } from "../server/problem";

const RATE = 44_100; // Hz
const HEADER = 44; // bytes

/** A recording of any format that the browser can decode, as a mono WAV file. Rejects when it cannot. */
export async function asWav(recording: Blob): Promise<Blob> {
  // A context of one sample exists only to decode; it also brings the sound to its own rate.
  const decoded = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(await recording.arrayBuffer());
  const channels = Array.from({ length: decoded.numberOfChannels }, (_, channel) => decoded.getChannelData(channel));
  return new Blob([wavBytes([mixed(channels)], decoded.sampleRate)], { type: "audio/wav" });
}

/** A sound file as it is when any server can read it, or else as the browser does. Throws Problem when neither can. */
export async function readable(file: File): Promise<File> {
  if (!needsBrowser(file)) return file;
  try {
    return new File([await asWav(file)], file.name, { type: "audio/wav" });
  } catch {
    throw new Problem(`${file.name} could not be read`, "Choose a WAV, FLAC, OGG, MP3 or M4A file.", 0, null);
  }
}

/** Whether a sound file is of a format that browsers and telephones write but libraries for sound do not read. */
export function needsBrowser({ name, type }: { name: string; type: string }): boolean {
  return /^(audio|video)\/(mp4|x-m4a|aac|webm)\b/.test(type) || /\.(m4a|mp4|aac|webm)$/i.test(name);
}

/** The mean of several channels of equal length. */
export function mixed(channels: Float32Array[]): Float32Array {
  const mono = new Float32Array(channels[0]?.length ?? 0);
  for (const channel of channels) channel.forEach((sample, i) => (mono[i] = (mono[i] ?? 0) + sample / channels.length));
  return mono;
}

/** A WAV file of channels of equal length, their samples between -1 and 1; louder ones are clipped. */
export function wavBytes(channels: Float32Array[], rate: number): ArrayBuffer {
  const frame = 2 * channels.length; // bytes
  const length = channels[0]?.length ?? 0;
  const bytes = new ArrayBuffer(HEADER + frame * length);
  const view = new DataView(bytes);
  const words = (at: number, text: string): void => [...text].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  words(0, "RIFF");
  view.setUint32(4, bytes.byteLength - 8, true);
  words(8, "WAVEfmt ");
  view.setUint32(16, 16, true); // size of the format's description
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, channels.length, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, frame * rate, true); // bytes a second
  view.setUint16(32, frame, true);
  view.setUint16(34, 16, true); // bits a sample
  words(36, "data");
  view.setUint32(40, frame * length, true);
  channels.forEach((samples, channel) => {
    samples.forEach((sample, i) => {
      const at = HEADER + frame * i + 2 * channel;
      view.setInt16(at, Math.round(Math.min(Math.max(sample, -1), 1) * 32_767), true);
    });
  });
  return bytes;
}
