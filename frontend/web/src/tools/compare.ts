/** Two places side by side, and a fader that goes from the sound of one to the sound of the other. */

import { Attempt } from "../kit/attempt";
import { button, el } from "../kit/dom";
import { confidenceWords, formatPoint, formatScore, sentence } from "../kit/format";
import type { ToolWork } from "../kit/permalink";
import { type Soundscape, soundscape, writtenSoundscape } from "../server/api";
import type { Point } from "../server/geo";
import { takeFloor } from "../sound/floor";
import { Mixer } from "../sound/mixer";
import { fetchSound, loopOf } from "../sound/samples";
import { volumeControl } from "../sound/volume-control";
import type { OwnBench, Tool } from "./bench";

const CAPTIONS = 3;

/** The tool that compares the place on the card with another one. */
export class Compare implements Tool {
  readonly title = "Compare";
  readonly element: HTMLElement;
  readonly #bench: OwnBench;
  readonly #attempt = new Attempt();
  readonly #help = el("p", { className: "tool-help", role: "status" });
  readonly #sides = el("div", { className: "compare-sides" });
  readonly #fader = el("input", { type: "range", min: "0", max: "100", value: "0", step: "5" });
  readonly #mix = el("label", { className: "compare-mix" }, el("span", {}, "A"), this.#fader, el("span", {}, "B"));
  readonly #listen = button("Listen to both", () => void this.#toggle(), "button button-strong");
  readonly #both = button("Show both", () => this.#showBoth(), "button");
  readonly #volume = volumeControl();
  #other: Point | null = null;
  #answers: [Soundscape, Soundscape] | null = null;
  #loops: [AudioBuffer, AudioBuffer] | null = null;
  #mixer: Mixer | null = null;
  #yield: (() => void) | null = null;
  #presented = ""; // the two that have been brought into view; from then on the map is the person's

  constructor(bench: OwnBench) {
    this.#bench = bench;
    this.#fader.setAttribute("aria-label", "From the sound of A to the sound of B");
    this.#fader.addEventListener("input", () => this.#blend());
    const buttons = el("div", { className: "tool-buttons" }, this.#listen, this.#both);
    this.element = el(
      "div",
      { className: "compare" },
      this.#help,
      buttons,
      this.#mix,
      this.#volume,
      this.#attempt.element,
      this.#sides,
    );
  }

  open({ points }: ToolWork): void {
    this.#bench.map.hand.give({ onPick: (point) => this.#pick(point) });
    this.#other = points[0] ?? null;
    this.#presented = "";
    this.refresh();
  }

  close(): void {
    this.#attempt.cancel();
    this.#fallSilent();
    this.#bench.map.hand.give(null);
    void this.#mixer?.close();
    this.#mixer = null;
  }

  refresh(): void {
    this.#fallSilent();
    this.#loops = this.#answers = null;
    this.#show();
    if (this.#other && this.#bench.heard.value) void this.#ask(this.#other);
  }

  #pick(point: Point): void {
    if (!this.#bench.heard.value) return this.#bench.visit(point);
    this.#other = { lat: Number(point.lat.toFixed(5)), lon: Number(point.lon.toFixed(5)) };
    this.#bench.tell({ points: [this.#other], concept: null });
    this.refresh();
  }

  async #ask(other: Point): Promise<void> {
    const here = this.#bench.heard.value;
    const question = { ...other, ...this.#bench.ear.value };
    const asked = here?.route === "generation" ? writtenSoundscape : soundscape;
    const there = await this.#attempt.run((signal) => asked(question, signal), () => void this.#ask(other));
    if (!here || !there) return;
    this.#answers = [here, there];
    this.#show();
  }

  async #toggle(): Promise<void> {
    if (this.#yield) return this.#fallSilent();
    if (!this.#answers) return;
    const urls = this.#answers.map(({ sound }) => sound.url);
    this.#loops ??= await this.#attempt.run(
      async (signal) => {
        const [a, b] = await Promise.all(urls.map((url) => fetchSound(url, signal)));
        return a && b ? [loopOf(a), loopOf(b)] : null;
      },
      () => void this.#toggle(),
    );
    if (!this.#loops) return;
    this.#yield = takeFloor(this, () => this.#fallSilent());
    this.#mixer ??= new Mixer();
    this.#listen.textContent = "Stop";
    this.#blend();
  }

  /** Mixes the two as the fader stands. */
  #blend(): void {
    const share = this.#fader.valueAsNumber / 100;
    const told = share === 0 ? "A alone" : share === 1 ? "B alone" : `${Math.round(share * 100)}% B`;
    this.#fader.setAttribute("aria-valuetext", told);
    if (!this.#loops || !this.#yield || !this.#answers) return;
    const names = this.#answers.map(({ sound }, i) => `${i} ${sound.url}`);
    const shares = [1 - share, share];
    this.#mixer?.blend(this.#loops.map((loop, i) => ({ name: names[i] ?? "", loop, share: shares[i] ?? 0 })));
  }

  #fallSilent(): void {
    this.#yield?.();
    this.#yield = null;
    this.#mixer?.hush();
    this.#listen.textContent = "Listen to both";
  }

  #show(): void {
    const here = this.#bench.heard.value;
    const { length } = this.#answers ?? [];
    this.#help.textContent = !here
      ? "Click a first place on the map."
      : length === 0
        ? this.#other
          ? "Listening to the other place."
          : "Now click the place to compare with."
        : "Click elsewhere to compare with another place.";
    this.#mix.hidden = this.#listen.hidden = this.#volume.hidden = length === 0;
    const shown = this.#answers ?? (here ? [here] : []);
    this.#sides.replaceChildren(...shown.map((answer, i) => side(answer, i === 0 ? "A" : "B")));
    this.#present();
    const marks = this.#places.map((point, i) => ({ point, className: "path-point", label: i === 0 ? "A" : "B" }));
    this.#bench.map.hand.draw([], marks);
  }

  /** The places of the comparison that are known. */
  get #places(): Point[] {
    const here = this.#bench.heard.value;
    return here === null ? [] : this.#other === null ? [here.point] : [here.point, this.#other];
  }

  /** Brings two places into view that have not been compared before, and again when their answers take room from the map. */
  #present(): void {
    const places = this.#places;
    const names = JSON.stringify(places);
    this.#both.hidden = places.length < 2;
    if (places.length < 2 || names === this.#presented) return;
    this.#bench.show(places, false);
    if (this.#answers) this.#presented = names;
  }

  #showBoth(): void {
    this.#bench.show(this.#places, true);
    this.#show();
  }
}

function side({ imagery, point, captions, confidence }: Soundscape, letter: "A" | "B"): HTMLElement {
  const heard = captions.slice(0, CAPTIONS).map(({ text, score }) =>
    el("li", {}, sentence(text), " ", el("span", { className: "score" }, formatScore(score))),
  );
  const sure = confidence === null ? "" : ` · ${confidenceWords(confidence)}`;
  return el(
    "section",
    { className: "compare-side", ariaLabel: `Place ${letter}` },
    el("img", { src: imagery.url, alt: `Place ${letter} from above`, width: 256, height: 256 }),
    el("h3", {}, `${letter} · ${formatPoint(point.lat, point.lon, 3)}`),
    el("ol", { className: "compare-captions" }, ...heard),
    el("p", { className: "tool-facts" }, `${captions[0]?.score === undefined ? "" : formatScore(captions[0].score)}${sure}`),
  );
}
