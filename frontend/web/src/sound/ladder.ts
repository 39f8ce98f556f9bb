/** The sound of a place as a ladder: the nearest recording at once, then the sound that is made for it. */

import { el, icon } from "../kit/dom";
import type { RecordingMatch, Soundscape } from "../server/api";
import { ANY_TIME, type When } from "../server/question";
import type { Engine } from "../server/sounds";
import { chosenEngine, EngineChoice, isQuick, keepEngine, lastEngine } from "./engines";
import { Making } from "./making";
import { Player, type PlayerState } from "./player";
import { type Rung, Rungs } from "./rungs";
import { Seamless } from "./seamless";
import { isBusy, type Stage, Synthesis } from "./synthesis";
import { volumeControl } from "./volume-control";
import { Waveform } from "./waveform";

const LISTEN: Record<PlayerState, string> = { idle: "Listen", rendering: "Coming…", playing: "Pause", paused: "Listen" };

const AROUND = "M4 12V10a3 3 0 0 1 3-3h12M16 4l3 3-3 3M20 12v2a3 3 0 0 1-3 3H5M8 20l-3-3 3-3";

/** Shows the sound of one place at a time, and plays whichever sound of it the person asks for. */
export class Ladder {
  readonly element = el("section", { className: "sound", ariaLabel: "The sound" });
  readonly #changed: () => void;
  readonly #audio = el("audio");
  readonly #player = new Player(this.#audio, () => this.#show());
  readonly #synthesis = new Synthesis((stage) => this.#onStage(stage));
  readonly #waveform = new Waveform(this.#audio);
  readonly #seamless = new Seamless(this.#audio);
  readonly #making = new Making({ make: () => this.#make(), cancel: () => void this.#synthesis.cancel() });
  readonly #rungs = new Rungs((rung) => this.#switch(rung));
  readonly #listen = el("button", { className: "listen", type: "button" });
  readonly #loop = el("button", { className: "sound-tool", type: "button", ariaPressed: "false" }, icon(AROUND), "Loop");
  readonly #trouble = el("p", { role: "status" });
  readonly #engines = new EngineChoice((engine) => this.#onEngine(engine));
  readonly #download = el("a", { download: "" }, "Download");
  #place: Soundscape | null = null;
  #when = ANY_TIME;
  #engine: Engine | null = null;
  #rung: Rung = "recording";
  #isChosen = false; // whether the person turned to the rung
  #isAwaited = false; // whether the sound is to be played as soon as it is made
  #drawn: string | null = null; // the address of the sound whose waveform is shown

  constructor(changed: () => void) {
    this.#changed = changed;
    this.#listen.addEventListener("click", () => this.#toggle());
    this.#loop.addEventListener("click", () => this.#onLoop());
    const tools = el("div", { className: "sound-tools" }, this.#loop, volumeControl());
    const below = el("div", { className: "made-by" }, this.#engines.element, this.#download);
    const parts = [this.#listen, this.#trouble, this.#waveform.element, tools, this.#making.element, below];
    this.element.append(this.#rungs.element, ...parts, this.#audio);
  }

  /**
   * Turns to a place: its recording can be heard at once, and its sound is begun where that takes moments. When the
   * same place is listened to in another way, what plays goes on as that.
   */
  show(place: Soundscape, when: When, engines: Engine[]): void {
    const goesOn = this.#player.state === "playing" && isSamePlace(place, this.#place) ? this.#rung : null;
    this.stop();
    this.#place = place;
    this.#when = when;
    this.#isChosen = goesOn !== null;
    this.#choose(goesOn ?? (place.recordings.length > 0 ? "recording" : "synthesised"));
    this.#engine = chosenEngine(engines, lastEngine());
    this.offer(engines);
    if (goesOn !== null) this.#toggle();
  }

  /** Shows the engines as they are known now. */
  offer(engines: Engine[]): void {
    const same = engines.find(({ name, available }) => available && name === this.#engine?.name);
    this.#engine = same ?? chosenEngine(engines, null);
    this.#engines.offer(engines, this.#engine);
    this.#begin();
  }

  /** Plays the sound of the place, and puts the button that stops it under the person's hands. */
  play(): void {
    this.#listen.focus({ preventScroll: true });
    this.#toggle();
  }

  /** Plays or pauses a recording of the place. */
  toggle(recording: RecordingMatch): void {
    this.#isAwaited = false;
    if (recording === this.#recording) this.#rung = "recording";
    void this.#player.toggle(recording.url);
  }

  /** What the player does with a sound. */
  stateOf(url: string): PlayerState {
    return this.#player.holds(url) ? this.#player.state : "idle";
  }

  /** Stops, and waits for nothing any more. */
  stop(): void {
    this.#place = null;
    this.#isAwaited = false;
    this.#synthesis.leave();
    this.#player.stop();
  }

  get #recording(): RecordingMatch | null {
    return this.#place?.recordings[0] ?? null;
  }

  /** Plays or pauses the rung at hand; one that is not made yet is made, and played once it is there. */
  #toggle(): void {
    const url = this.#url(this.#rung);
    if (url !== null) return void this.#player.toggle(url);
    this.#isAwaited = !this.#isAwaited;
    if (this.#isAwaited && !isBusy(this.#synthesis.stage)) this.#make();
    this.#show();
  }

  /** Turns to a rung; what plays goes on as the other sound. */
  #switch(rung: Rung): void {
    const plays = this.#player.state === "playing";
    this.#isChosen = true;
    this.#choose(rung);
    if (plays && this.#url(rung) !== null) this.#toggle();
  }

  #choose(rung: Rung): void {
    this.#rung = rung;
    this.#isAwaited = false;
    const url = this.#url(rung);
    if (url === null) this.#player.stop();
    else if (!this.#player.holds(url)) this.#player.load(url);
    this.#show();
  }

  #onEngine(engine: Engine): void {
    keepEngine(engine.name);
    this.#engine = engine;
    this.#synthesis.leave();
    this.#choose("synthesised");
    this.#begin();
  }

  /** Repeats what is heard, or no longer; an engine that closes loops is asked for its sound anew. */
  #onLoop(): void {
    this.#audio.loop = !this.#audio.loop;
    this.#loop.ariaPressed = String(this.#audio.loop);
    const { stage } = this.#synthesis;
    if (!this.#engine?.knows_time || !(isBusy(stage) || stage.kind === "done")) return;
    this.#isAwaited ||= this.#rung === "synthesised" && this.#player.state === "playing";
    this.#make();
  }

  /** Begins the sound where that takes moments; where it takes longer, the person says when. */
  #begin(): void {
    if (this.#place && this.#engine && isQuick(this.#engine) && this.#synthesis.stage.kind === "idle") this.#make();
    this.#show();
  }

  #make(): void {
    const caption = this.#place?.captions[0]?.text;
    if (!this.#place || !this.#engine || caption === undefined) return;
    const { name: engine, knows_time: closesLoops } = this.#engine;
    const loop = this.#audio.loop && closesLoops;
    void this.#synthesis.start({ caption, ...this.#place.point, ...this.#when, engine, loop });
  }

  /** A sound that is made takes the recording's place, unless the person listens or has turned to that already. */
  #onStage({ kind }: Stage): void {
    if (kind === "failed" || kind === "cancelled") this.#isAwaited = false;
    if (kind !== "done") return this.#show();
    const isAwaited = this.#isAwaited;
    const isFree = this.#player.state === "idle" && !this.#isChosen;
    if (this.#rung === "synthesised" || isFree) this.#choose("synthesised");
    if (isAwaited) this.#toggle();
    this.#show();
  }

  /** Where a rung is to be heard; null: there is nothing yet. */
  #url(rung: Rung): string | null {
    if (rung === "recording") return this.#recording?.url ?? null;
    return this.#synthesis.stage.kind === "done" ? this.#synthesis.stage.job.audio : null;
  }

  #show(): void {
    const url = this.#url(this.#rung);
    const state = url !== null ? this.stateOf(url) : this.#isAwaited ? "rendering" : "idle";
    this.#listen.textContent = LISTEN[state];
    this.#listen.dataset["state"] = state;
    this.#listen.disabled = url === null && this.#engine === null;
    const { problem } = this.#player;
    this.#trouble.className = problem ? "listen-trouble" : "visually-hidden";
    this.#trouble.textContent = problem ? `${problem.title}. ${problem.detail}` : "";
    const { stage } = this.#synthesis;
    this.#rungs.show(this.#rung, { recording: this.#recording, stage, engine: this.#engine });
    this.#making.show(stage, this.#engine);
    this.#download.hidden = url === null;
    if (url !== null) this.#download.href = url;
    this.#drawWaveform();
    const isSeamless = this.#audio.loop && stage.kind === "done" && stage.job.loop && this.#player.holds(stage.job.audio);
    this.#seamless.put(isSeamless ? stage.job.audio : null);
    this.#changed();
  }

  /** Draws what is in the player, once it is there; a recording is not fetched before someone wants to hear it. */
  #drawWaveform(): void {
    const { url, isReady } = this.#player;
    const { stage } = this.#synthesis;
    const isMade = stage.kind === "done" && stage.job.audio === url;
    if (url === this.#drawn) return;
    this.#drawn = isReady || isMade ? url : null;
    const peaks = isMade ? stage.job.peaks : this.#place?.recordings.find((recording) => recording.url === url)?.peaks;
    if (this.#drawn !== null && peaks !== undefined) void this.#waveform.show(peaks);
    else this.#waveform.clear();
  }
}

function isSamePlace({ point: one }: Soundscape, other: Soundscape | null): boolean {
  return other !== null && one.lat === other.point.lat && one.lon === other.point.lon;
}
