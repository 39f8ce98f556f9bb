/** The page's volume as a control: a button that mutes and a slider. */

import { el, icon } from "../kit/dom";
import { type Loudness, volume } from "./volume";

const SPEAKER = "M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z";
const WAVES = `${SPEAKER}M15.5 9a4.5 4.5 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11`;
const CROSS = `${SPEAKER}M16 9.5l5 5M21 9.5l-5 5`;
const STEP = 5; // percent

/** A control that shows the volume as it is, whichever control it was set by. */
export function volumeControl(): HTMLElement {
  const mute = el("button", { type: "button", className: "sound-tool", ariaLabel: "Mute" });
  const slider = el("input", { type: "range", min: "0", max: "100", step: String(STEP), ariaLabel: "Volume" });
  mute.addEventListener("click", () => volume.toggleMute());
  slider.addEventListener("input", () => (volume.level = slider.valueAsNumber / 100));
  volume.follow((gain, loudness) => {
    mute.ariaPressed = String(gain === 0);
    mute.title = gain === 0 ? "Unmute" : "Mute";
    mute.replaceChildren(icon(gain === 0 ? CROSS : WAVES));
    slider.value = String(Math.round(loudness.level * 100));
    slider.setAttribute("aria-valuetext", loudnessWords(loudness));
  });
  return el("div", { className: "volume", role: "group", ariaLabel: "Volume" }, mute, slider);
}

/** A loudness in words. */
export function loudnessWords({ level, isMuted }: Loudness): string {
  const percent = `${Math.round(level * 100)}%`;
  return isMuted ? `${percent}, muted` : percent;
}
