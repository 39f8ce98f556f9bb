// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";

import { volume } from "../../src/sound/volume";
import { loudnessWords, volumeControl } from "../../src/sound/volume-control";
import { buttonNamed, choose, one } from "../document";

describe("a loudness in words", () => {
  it("is said in percent", () => {
    expect(loudnessWords({ level: 0.35, isMuted: false })).toBe("35%");
    expect(loudnessWords({ level: 0.35, isMuted: true })).toBe("35%, muted");
  });
});

describe("the control of the volume", () => {
  afterEach(() => void (volume.loudness = { level: 1, isMuted: false }));

  it("sets it, mutes it, and shows it as it is, whichever control it was set by", () => {
    const [control, other] = [volumeControl(), volumeControl()];
    const slider = (of: HTMLElement): HTMLInputElement => one<HTMLInputElement>("input", of);
    const shown = (of: HTMLElement): unknown[] => [slider(of).value, slider(of).getAttribute("aria-valuetext"), buttonNamed("Mute", of).ariaPressed];
    choose(slider(control), "80");
    expect([shown(control), shown(other), volume.gain]).toEqual([["80", "80%", "false"], ["80", "80%", "false"], 0.8]);
    buttonNamed("Mute", other).click();
    expect([shown(control), volume.gain, buttonNamed("Mute", control).title]).toEqual([["80", "80%, muted", "true"], 0, "Unmute"]);
    buttonNamed("Mute", control).click();
    expect([shown(other), volume.gain]).toEqual([["80", "80%", "false"], 0.8]);
  });
});
