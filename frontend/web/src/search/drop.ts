/** Sound files dropped anywhere on the page. */

import { Problem } from "../server/problem";

/** Calls `take` with each sound file that is dropped, and `tell` when what was dropped is none. */
export function watchDrops(take: (file: File) => void, tell: (problem: Problem) => void): void {
  const { dataset } = document.documentElement;
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    dataset["drop"] = "welcome";
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) delete dataset["drop"];
  });
  addEventListener("drop", (event) => {
    delete dataset["drop"];
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    const sound = files.find(isSound);
    if (sound) take(sound);
    else tell(new Problem("That is no sound file", "Drop a recording, such as a WAV, FLAC, OGG, MP3 or M4A file.", 0, null));
  });
}

/** Whether a file is worth sending as a recording, by its type or, where the system names none, by its ending. */
export function isSound({ name, type }: { name: string; type: string }): boolean {
  return type.startsWith("audio/") || /\.(wav|flac|ogg|oga|opus|mp3|m4a|aac|amr|3gp|caf|w64|wma|aiff?|webm|mp4|mov)$/i.test(name);
}
