import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Player, type PlayerState } from "../../src/sound/player";

const [SURF, RAIN] = ["/sounds/surf", "/sounds/rain"];

/** As much of an audio element as a player asks of one. */
class Audio extends EventTarget {
  preload = "";
  src = "";
  paused = true;
  error: object | null = null;
  readonly load = vi.fn(() => (this.error = null));

  play(): Promise<void> {
    this.paused = false;
    this.dispatchEvent(new Event("play"));
    return Promise.resolve();
  }

  pause(): void {
    if (this.paused) return;
    this.paused = true;
    this.dispatchEvent(new Event("pause"));
  }

  removeAttribute(name: "src"): void {
    this[name] = "";
  }
}

describe("the player", () => {
  const asked: string[] = [];
  const seen: PlayerState[] = [];
  let audio: Audio;
  let player: Player;
  let answer: () => Response;

  beforeEach(() => {
    asked.length = seen.length = 0;
    answer = () => new Response("", { status: 206 });
    vi.stubGlobal("fetch", async (url: string, { signal }: RequestInit) => {
      asked.push(url);
      await Promise.resolve();
      signal?.throwIfAborted();
      return answer();
    });
    audio = new Audio();
    player = new Player(audio as unknown as HTMLAudioElement, () => seen.push(player.state));
  });

  afterEach(() => vi.unstubAllGlobals());

  it("asks for nothing before someone wants to hear it", () => {
    player.load(SURF);
    expect([audio.preload, audio.src, player.url, player.state, asked]).toEqual(["none", SURF, SURF, "idle", []]);
  });

  it("plays a sound once it is there, and from then on without asking", async () => {
    await player.toggle(SURF);
    expect([seen.slice(-2), player.isReady]).toEqual([["rendering", "playing"], true]);
    await player.toggle(SURF);
    expect([player.state, audio.paused]).toEqual(["paused", true]);
    await player.toggle(SURF);
    expect([player.state, asked]).toEqual(["playing", [SURF]]);
  });

  it("plays one sound in place of another", async () => {
    await player.toggle(SURF);
    await player.toggle(RAIN);
    expect([player.holds(SURF), player.holds(RAIN), audio.src, player.state]).toEqual([false, true, RAIN, "playing"]);
  });

  it("does not play a sound that was called off while it came", async () => {
    const first = player.toggle(SURF);
    expect(player.state).toBe("rendering");
    await player.toggle(SURF);
    await first;
    expect([player.state, audio.paused, player.problem]).toEqual(["idle", true, null]);
  });

  it("does not play a sound that another took the place of while it came", async () => {
    const first = player.toggle(SURF);
    await player.toggle(RAIN);
    await first;
    expect([audio.src, player.state]).toEqual([RAIN, "playing"]);
  });

  it("tells why a sound does not come, and tries anew at the next press", async () => {
    answer = () => new Response("", { status: 404, statusText: "Not Found" });
    await player.toggle(SURF);
    expect([player.state, player.problem?.title]).toEqual(["idle", "Not Found"]);
    answer = () => new Response("", { status: 206 });
    await player.toggle(SURF);
    expect([player.state, player.problem]).toEqual(["playing", null]);
  });

  it("tells of a sound that breaks, and fetches it anew at the next press", async () => {
    await player.toggle(SURF);
    audio.error = {};
    audio.paused = true;
    audio.dispatchEvent(new Event("error"));
    expect([player.state, player.problem?.title]).toEqual(["idle", "The sound did not play"]);
    await player.toggle(SURF);
    expect([asked, audio.load.mock.calls.length, player.state]).toEqual([[SURF, SURF], 1, "playing"]);
  });

  it("waits for a sound that a media key begins", async () => {
    player.load(SURF);
    await audio.play();
    expect([player.state, audio.paused]).toEqual(["rendering", true]);
    await vi.waitFor(() => expect(player.state).toBe("playing"));
  });

  it("that is stopped holds nothing", async () => {
    await player.toggle(SURF);
    player.stop();
    expect([player.url, audio.src, audio.paused, player.state]).toEqual([null, "", true, "idle"]);
  });
});
