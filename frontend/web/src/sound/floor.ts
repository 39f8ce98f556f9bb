/** One voice at a time: whoever begins to sound silences whoever sounded before. */

let holder: { voice: object; stop: () => void } | null = null;

/** Gives a voice the floor; `stop` is called when another takes it. Returns how to give it back. */
export function takeFloor(voice: object, stop: () => void): () => void {
  const before = holder;
  const mine = { voice, stop };
  holder = mine;
  if (before && before.voice !== voice) before.stop();
  return () => {
    if (holder === mine) holder = null;
  };
}

/** Gives the floor to every audio element that begins to play. */
export function watchElements(root: Document = document): void {
  const onPlay = ({ target }: Event): void => {
    if (target instanceof HTMLMediaElement) takeFloor(target, () => target.pause());
  };
  root.addEventListener("play", onPlay, true);
}
