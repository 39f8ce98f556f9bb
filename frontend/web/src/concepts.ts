import type { Bench, Tool } from "./tool";
import { el } from "./dom";
export class Concepts implements Tool {
  readonly title = "Concepts";
  readonly element = el("div");
  readonly state = { points: [], concept: null };
  constructor(_bench: Bench) {}
  open(): void {}
  close(): void {}
  refresh(): void {}
}
