// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Seamless } from "../../src/sound/seamless";
import { volume } from "../../src/sound/volume";
import { closeDocument, openDocument, settle } from "../document";
import { Server } from "../server";
import { sounding, stubWebAudio } from "../web-audio";

describe("a loop without a seam", () => {
  let server: Server;
  let audio: HTMLAudioElement;
  let seamless: Seamless;

  beforeEach(() => {
    openDocument();
    stubWebAudio();
    server = new Server({ "/synthesis/j1/audio": () => new Response("...") });
    audio = document.createElement("audio");
    seamless = new Seamless(audio);
  });

  afterEach(() => {
    volume.loudness = { level: 1, isMuted: false };
    closeDocument();
  });

  const play = async (): Promise<void> => {
    await audio.play();
    await settle();
  };

  it("is fetched, with every sample, once it plays", async () => {
    seamless.put("/synthesis/j1/audio");
    await settle();
    expect(server.asked).toEqual([]);
    await play();
    expect(server.asked).toEqual(["/synthesis/j1/audio?format=flac"]);
  });

  it("is heard in place of the element that goes on playing, as loud as the page is", async () => {
    volume.level = 0.5;
    seamless.put("/synthesis/j1/audio");
    await play();
    const [source] = sounding;
    expect([source?.loop, source?.gain?.gain.value, audio.volume, audio.paused]).toEqual([true, 0.5, 0, false]);
    volume.toggleMute();
    expect([source?.gain?.gain.value, audio.volume]).toEqual([0, 0]);
  });

  it("follows the element to where it was moved", async () => {
    seamless.put("/synthesis/j1/audio");
    await play();
    const [before] = sounding;
    for (const [seconds, from] of [[0.1, 0], [0.5, 0.5]] as const) {
      audio.currentTime = seconds; // a little apart is near enough
      audio.dispatchEvent(new Event("seeked"));
      await settle();
      expect([...sounding].map((source) => source.from)).toEqual([from]);
    }
    expect(sounding.has(before!)).toBe(false);
  });

  it("gives its place back to the element that is paused, or repeats something else", async () => {
    seamless.put("/synthesis/j1/audio");
    await play();
    audio.pause();
    await settle();
    expect([sounding.size, audio.volume]).toEqual([0, 1]);
    await play();
    expect(sounding.size).toBe(1);
    seamless.put(null);
    expect([sounding.size, audio.volume]).toEqual([0, 1]);
  });

  it("that cannot be had leaves the element as it is", async () => {
    server.isAway = true;
    seamless.put("/synthesis/j1/audio");
    await play();
    expect([sounding.size, audio.volume, audio.paused]).toEqual([0, 1, false]);
  });
});
