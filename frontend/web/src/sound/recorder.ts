/** The microphone: a few seconds of the place one stands in, as something to search with. */

import { Problem } from "../server/problem";
import { asWav } from "./wav";

/** The longest recording, in seconds: as much as the model listens to. */
export const LONGEST_RECORDING = 10;

/** What the recorder is doing: waiting for permission, recording, or neither. */
export type RecorderState = "idle" | "asking" | "recording";

/** Records from the microphone, once at a time. */
export class Recorder {
  state: RecorderState = "idle";
  /** Whole seconds recorded so far. */
  seconds = 0;
  readonly #changed: () => void;
  #recorder: MediaRecorder | null = null;
  #wanted = true;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** Records until `stop` or for 10 s; null when it was called off. Throws Problem when there is no microphone to use. */
  async record(): Promise<Blob | null> {
    this.#wanted = true;
    this.#become("asking");
    try {
      const stream = await microphone();
      return this.#wanted ? await this.#recordFrom(stream) : silence(stream);
    } finally {
      this.#recorder = null;
      this.#become("idle");
    }
  }

  /** Ends the recording and keeps it. */
  stop(): void {
    if (this.#recorder?.state === "recording") this.#recorder.stop();
  }

  /** Ends the recording and drops it. */
  cancel(): void {
    this.#wanted = false;
    this.stop();
  }

  async #recordFrom(stream: MediaStream): Promise<Blob | null> {
    const recorder = new MediaRecorder(stream);
    this.#recorder = recorder;
    const parts: Blob[] = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve, { once: true }));
    recorder.start();
    this.seconds = 0;
    this.#become("recording");
    const clock = setInterval(() => this.#tick(), 1000);
    await stopped;
    clearInterval(clock);
    silence(stream);
    return this.#wanted ? await decoded(new Blob(parts, { type: recorder.mimeType })) : null;
  }

  #tick(): void {
    this.seconds += 1;
    if (this.seconds >= LONGEST_RECORDING) this.stop();
    this.#changed();
  }

  #become(state: RecorderState): void {
    this.state = state;
    this.#changed();
  }
}

/** What kept a microphone closed, in words a person can act on. */
export function microphoneProblem(error: unknown): Problem {
  const name = error instanceof DOMException ? error.name : "";
  const refused = name === "NotAllowedError" || name === "SecurityError";
  const detail = refused
    ? "Nothing was recorded, since the browser may not use the microphone. You can allow it beside the address, or choose a sound file."
    : name === "NotFoundError"
      ? "No microphone was found. You can choose a sound file instead."
      : "The microphone could not be opened. You can choose a sound file instead.";
  return new Problem(refused ? "The microphone stayed closed" : "No microphone", detail, 0, null);
}

async function microphone(): Promise<MediaStream> {
  // Browsers offer the microphone only to pages that came over https or from this very computer.
  if (!("mediaDevices" in navigator) || !("MediaRecorder" in globalThis)) throw microphoneProblem(null);
  const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
  return navigator.mediaDevices.getUserMedia({ audio }).catch((error: unknown) => {
    throw microphoneProblem(error);
  });
}

async function decoded(recording: Blob): Promise<Blob> {
  try {
    return await asWav(recording);
  } catch {
    throw new Problem("Nothing was recorded", "The recording was too short or could not be read. Try once more.", 0, null);
  }
}

function silence(stream: MediaStream): null {
  stream.getTracks().forEach((track) => track.stop());
  return null;
}
