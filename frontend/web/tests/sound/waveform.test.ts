// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Waveform } from "../../src/sound/waveform";
import { choose, closeDocument, one, openDocument, texts } from "../document";
import { Server } from "../server";

describe("the waveform", () => {
  let audio: HTMLAudioElement;
  let waveform: Waveform;

  beforeEach(() => {
    openDocument();
    audio = document.createElement("audio");
    waveform = new Waveform(audio);
    document.body.replaceChildren(waveform.element);
  });

  afterEach(closeDocument);

  const slider = (): HTMLInputElement => one<HTMLInputElement>("[type=range]");
  const at = (seconds: number, duration: number): void => {
    Object.defineProperty(audio, "duration", { value: duration, configurable: true });
    audio.currentTime = seconds;
    audio.dispatchEvent(new Event("timeupdate"));
  };

  it("of nothing has nowhere to move to", () => {
    expect([slider().disabled, texts(".wave-clock")]).toEqual([true, [""]]);
  });

  it("says where the sound is, for eyes and ears", () => {
    at(3.4, 10);
    expect([slider().value, slider().max, texts(".wave-clock")]).toEqual(["3.4", "10", ["0:03 / 0:10"]]);
    expect(slider().getAttribute("aria-valuetext")).toBe("3 of 10 seconds");
  });

  it("moves in the sound", () => {
    at(0, 10);
    choose(slider(), "7.5");
    expect(audio.currentTime).toBe(7.5);
  });

  it("that does not arrive is no trouble", async () => {
    const server = new Server();
    await waveform.show("/synthesis/j1/peaks");
    expect([server.asked, texts(".wave-canvas > *")]).toEqual([["/synthesis/j1/peaks?points=400"], []]);
  });
});
