/** One voice at a time: whoever begins to sound silences whoever sounded before. */

let holder: { stop: () => void } | null = null;

/** Takes the floor; `stop` is called when another takes it. Returns how to give it back. */
export function takeFloor(stop: () => void): () => void {
  const before = holder;
  const mine = { stop };
  holder = mine;
  before?.stop();
  return () => {
    if (holder === mine) holder = null;
  };
}

/** Gives the floor to every audio element that plays, and takes it from it when another begins. */
export function watchElements(root: Document = document): void {
  root.addEventListener(
    "play",
    ({ target }) => target instanceof HTMLMediaElement && void takeFloor(() => target.pause()),
    true,
  );
}
