/** How loud the page's sounds are: one volume for all of them, kept in this browser. */

/** A loudness from 0 to 1, and whether it is muted meanwhile. */
export interface Loudness {
  level: number;
  isMuted: boolean;
}

const KEY = "earshot.volume";
const FULL: Loudness = { level: 1, isMuted: false };

/** The loudness that a kept text tells; full when it tells none. */
export function parseLoudness(text: string | null): Loudness {
  const found = /^(muted )?(\d+(?:\.\d+)?)$/.exec(text ?? "");
  const level = Number(found?.[2]);
  return found && level <= 1 ? { level, isMuted: found[1] !== undefined } : FULL;
}

/** One loudness, and those who follow it. */
export class Volume {
  readonly #followers = new Set<(gain: number, loudness: Loudness) => void>();
  #loudness: Loudness;

  constructor() {
    this.#loudness = parseLoudness(kept());
  }

  get loudness(): Loudness {
    return this.#loudness;
  }

  /** Sets both, as another control has them. */
  set loudness({ level, isMuted }: Loudness) {
    if (level !== this.#loudness.level || isMuted !== this.#loudness.isMuted) this.#become({ level, isMuted });
  }

  /** What samples are to be multiplied with. */
  get gain(): number {
    return this.#loudness.isMuted ? 0 : this.#loudness.level;
  }

  /** Sets the level, which is heard from now on. */
  set level(level: number) {
    this.#become({ level: Math.min(Math.max(level, 0), 1), isMuted: false });
  }

  /** Mutes, or goes back to the level there was; one that cannot be heard becomes full. */
  toggleMute(): void {
    if (this.gain > 0) this.#become({ ...this.#loudness, isMuted: true });
    else this.#become({ level: this.#loudness.level || FULL.level, isMuted: false });
  }

  /** Tells of the loudness now and at every change; the function returned ends that. */
  follow(follower: (gain: number, loudness: Loudness) => void): () => void {
    this.#followers.add(follower);
    follower(this.gain, this.#loudness);
    return () => this.#followers.delete(follower);
  }

  #become(loudness: Loudness): void {
    this.#loudness = loudness;
    keep(`${loudness.isMuted ? "muted " : ""}${loudness.level}`);
    for (const follower of this.#followers) follower(this.gain, loudness);
  }
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function keep(text: string): void {
  try {
    localStorage.setItem(KEY, text);
  } catch {
    // A browser that keeps nothing is as loud as before the next time.
  }
}

/** The page's volume. */
export const volume = new Volume();
