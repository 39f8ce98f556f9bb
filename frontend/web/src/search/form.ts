/** The form at the top of the page: words, a recording, or both, and the sound that places should be less like. */

import { byId, el } from "../kit/dom";
import { Problem, problemOf } from "../server/problem";
import type { Query } from "../server/query";
import type { Region } from "../server/search";
import { LONGEST_RECORDING, Recorder } from "../sound/recorder";
import { readable } from "../sound/wav";
import { Chips } from "./chips";
import { watchDrops } from "./drop";

/** What the form asks of the page. */
export interface FormEvents {
  /** The person asks for a sound; `recording` is one that the server does not know yet. */
  onSearch(query: Query, recording: Blob | null): void;
  /** The person wants the search gone. */
  onClear(): void;
}

/** Holds what is typed, recorded or dropped. */
export class SearchForm {
  readonly #events: FormEvents;
  readonly #form = byId("search", HTMLFormElement);
  readonly #text = byId("search-text", HTMLInputElement);
  readonly #minus = byId("search-minus", HTMLInputElement);
  readonly #lessOpen = byId("search-less-open", HTMLButtonElement);
  readonly #less = byId("search-less", HTMLDivElement);
  readonly #record = byId("search-record", HTMLButtonElement);
  readonly #recordWords = byId("search-record-words", HTMLSpanElement);
  readonly #token = byId("search-token", HTMLParagraphElement);
  readonly #words = byId("search-words", HTMLParagraphElement);
  readonly #regions = byId("search-regions", HTMLSelectElement);
  readonly #clear = byId("search-clear", HTMLButtonElement);
  readonly #recorder = new Recorder(() => this.#showRecorder());
  #recording: Blob | null = null;
  #kept: Query | null = null; // the query of a recording that the server keeps

  constructor(events: FormEvents) {
    this.#events = events;
    const upload = byId("search-upload", HTMLInputElement);
    byId("search-file", HTMLButtonElement).addEventListener("click", () => upload.click());
    upload.addEventListener("change", () => {
      if (upload.files?.[0]) void this.#takeFile(upload.files[0]);
      upload.value = "";
    });
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#record.addEventListener("click", () => void this.#toggleRecording());
    this.#lessOpen.addEventListener("click", () => this.#showLess(this.#less.hidden));
    this.#regions.addEventListener("change", () => this.#form.dataset["state"] === "searched" && this.#submit());
    this.#clear.addEventListener("click", () => this.#events.onClear());
    byId("search-token-drop", HTMLButtonElement).addEventListener("click", () => this.#dropRecording());
    watchDrops((file) => void this.#takeFile(file), (problem) => this.#tell(problem));
    new Chips(this.#text, byId("search-examples", HTMLUListElement), (example) => {
      this.fill({ text: example, minus: "", id: null, region: this.#region });
      this.#submit();
    });
  }

  /** Writes a query into the fields; null empties them. */
  fill(query: Query | null): void {
    this.#text.value = query?.text ?? "";
    this.#minus.value = query?.minus ?? "";
    this.#showLess(this.#minus.value !== "", false);
    if (query) this.#regions.value = query.region ?? this.#regions.options[0]?.value ?? "";
    this.#kept = query?.id == null ? null : query;
    if (this.#kept === null) this.#recording = null;
    this.#recorder.cancel();
    this.#words.textContent = "";
    this.#form.dataset["state"] = query === null ? "idle" : "searched";
    this.#clear.hidden = query === null;
    this.#showToken();
  }

  /** Offers the regions to look in, where there is more than one. */
  offerRegions(regions: Region[], chosen: string | null): void {
    const known = [...this.#regions.options].map(({ value }) => value);
    if (known.join() === regions.map(({ name }) => name).join()) return;
    const options = regions.map(({ name, title }) => el("option", { value: name, selected: name === chosen }, title));
    this.#regions.replaceChildren(...options);
    byId("search-in", HTMLLabelElement).hidden = regions.length < 2;
  }

  /** Shows whether an answer is awaited. */
  setBusy(isBusy: boolean): void {
    this.#form.ariaBusy = String(isBusy);
  }

  #submit(): void {
    const text = this.#text.value.trim();
    const hasRecording = this.#recording !== null || this.#kept !== null;
    const isEmpty = text === "" && !hasRecording;
    this.#words.textContent = isEmpty ? "Type a sound, record one, or choose a sound file." : "";
    this.#text.setAttribute("aria-invalid", String(isEmpty));
    if (isEmpty) return this.#text.focus();
    if (this.#kept && !this.#recording && text !== this.#kept.text) {
      this.#words.textContent = "Words can be added only to a recording at hand: record it, or choose its file, once more.";
      return;
    }
    if (matchMedia("(pointer: coarse)").matches) this.#text.blur(); // puts the keyboard on the screen away
    const minus = this.#less.hidden ? "" : this.#minus.value.trim();
    // A recording that is at hand is sent again, since other words make another query of it.
    const id = this.#recording === null ? (this.#kept?.id ?? null) : null;
    this.#events.onSearch({ text, minus, id, region: this.#region }, this.#recording);
  }

  /** The region chosen; null: the first, or there is no choice. */
  get #region(): string | null {
    return this.#regions.selectedIndex > 0 ? this.#regions.value : null;
  }

  async #takeFile(file: File): Promise<void> {
    try {
      this.#take(await readable(file));
    } catch (error) {
      this.#tell(problemOf(error));
    }
  }

  #take(recording: Blob): void {
    this.#recording = recording;
    this.#kept = null;
    this.#text.value = "";
    this.#showToken();
    this.#submit();
  }

  /** Lets go of the recording at hand, such as one that the server refused. */
  forgetRecording(): void {
    this.#recording = null;
    this.#kept = null;
    this.#showToken();
  }

  #dropRecording(): void {
    this.forgetRecording();
    this.#text.focus();
  }

  async #toggleRecording(): Promise<void> {
    if (this.#recorder.state !== "idle") return this.#recorder.stop();
    this.#words.textContent = "";
    try {
      const recording = await this.#recorder.record();
      if (recording) this.#take(recording);
    } catch (error) {
      this.#tell(problemOf(error));
    }
  }

  #tell({ title, detail }: Problem): void {
    this.#words.textContent = `${title}. ${detail}`;
  }

  #showLess(isShown: boolean, takesFocus = true): void {
    this.#less.hidden = !isShown;
    this.#lessOpen.ariaExpanded = String(isShown);
    if (isShown && takesFocus) this.#minus.focus();
  }

  #showToken(): void {
    const name = this.#recording instanceof File ? this.#recording.name : "A recording";
    this.#token.hidden = this.#recording === null && this.#kept === null;
    byId("search-token-name", HTMLSpanElement).textContent = name;
    this.#text.placeholder = this.#token.hidden ? "Name a sound" : "Add words to it";
  }

  #showRecorder(): void {
    const { state, seconds } = this.#recorder;
    const left = LONGEST_RECORDING - seconds;
    this.#record.dataset["state"] = state;
    this.#record.ariaPressed = String(state !== "idle");
    this.#record.title = { idle: "Record a sound", asking: "Waiting for the microphone", recording: "Stop and search" }[state];
    this.#recordWords.textContent = state === "recording" ? `Stop, ${left} s left` : this.#record.title;
  }
}
