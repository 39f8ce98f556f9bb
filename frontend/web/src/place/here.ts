/** The place at hand: asks what it sounds like, and shows the answer on the map and the card. */

import { byId } from "../kit/dom";
import { formatPoint } from "../kit/format";
import { Newest } from "../kit/newest";
import type { Notice } from "../kit/notice";
import type { SoundMap } from "../map/map";
import type { Sheets } from "../page/sheets";
import { type Soundscape, soundscape, writtenSoundscape } from "../server/api";
import type { Point } from "../server/geo";
import { problemOf } from "../server/problem";
import type { Question } from "../server/question";
import { watchEngines } from "../sound/engines";
import { choiceWords } from "./caption-choice";
import { Card, type CardEvents } from "./card";
import type { Insight } from "./insight";
import type { Listening } from "./listening";

/** The parts of the page that a place is shown with. */
export interface Stage {
  map: SoundMap;
  sheets: Sheets;
  notice: Notice;
  listening: Listening;
  insight: Insight;
}

/** What the page does as places come and go. */
export interface HereEvents extends Pick<CardEvents, "onScale" | "onCaption"> {
  /** An answer is on the card. */
  onHeard(answer: Soundscape): void;
  /** There is no card any more. */
  onLeft(): void;
}

/** Holds one place; of several questions about places only the newest is answered. */
export class Here {
  readonly #stage: Stage;
  readonly #events: HereEvents;
  readonly #card: Card;
  readonly #panel = byId("panel", HTMLElement);
  readonly #newest = new Newest();
  readonly #engineLook = new Newest();
  #point: Point | null = null;
  #answer: { heard: Soundscape; asked: Question } | null = null;
  #isPlayed = false; // whether the answer awaited is to be heard at once

  constructor(stage: Stage, events: HereEvents) {
    this.#stage = stage;
    this.#events = events;
    this.#card = new Card(byId("card", HTMLElement), stage.insight, {
      ...events,
      onShowFootprint: () => stage.map.showFootprintClosely(),
    });
  }

  /** Where it is; null: no place is listened to. */
  get point(): Point | null {
    return this.#point;
  }

  /** What the card shows; null: nothing. */
  get heard(): Soundscape | null {
    return this.#answer?.heard ?? null;
  }

  /** The question that the card answers. */
  get asked(): Question | null {
    return this.#answer?.asked ?? null;
  }

  /** Turns to a place, which is asked about by `ask`; its sound is played at once when so wished. */
  turnTo(point: Point, isPlayed = false): void {
    this.#point = point;
    this.#isPlayed = isPlayed;
  }

  /** Asks for the place as it is listened to now. */
  async ask(): Promise<void> {
    const { listening, map, notice } = this.#stage;
    if (!this.#point || !listening.imagery) return;
    const question = { ...this.#point, ...listening.ear };
    const isKnown = JSON.stringify(question) === JSON.stringify(this.asked); // how its caption comes about may differ
    map.showListening(question.lat, question.lon);
    this.#panel.ariaBusy = "true";
    notice.say(`Listening to ${formatPoint(question.lat, question.lon)}`);
    try {
      if (!isKnown || listening.caption === "retrieve") {
        const answer = await this.#newest.run((signal) => soundscape(question, signal));
        if (!answer) return;
        this.#show(answer, question);
      }
    } catch (error) {
      this.#forget();
      map.showSilence();
      return notice.tell(problemOf(error), () => void this.ask());
    }
    if (listening.caption === "generate") await this.#askForCaption(question);
  }

  /** Takes the card and the mark of the place away. */
  leave(): void {
    this.#newest.cancel();
    this.#engineLook.cancel();
    this.#point = null;
    this.#forget();
    this.#stage.map.clearPlace();
  }

  /** Asks for the caption that is written for the place; until it comes, the card shows the nearest. */
  async #askForCaption(question: Question): Promise<void> {
    const { notice, listening } = this.#stage;
    if (listening.captioner) this.#card.tellOfCaption(choiceWords("retrieval", "generate", listening.captioner));
    this.#panel.ariaBusy = "true";
    try {
      const answer = await this.#newest.run((signal) => writtenSoundscape(question, signal));
      if (answer) this.#show(answer, question);
    } catch (error) {
      this.#panel.ariaBusy = "false";
      this.#card.tellOfCaption("It could not be written");
      notice.tell(problemOf(error), () => void this.#askForCaption(question));
    }
  }

  #show(heard: Soundscape, asked: Question): void {
    const { told, scales, span, caption, captioner } = this.#stage.listening;
    const { map, notice, sheets } = this.#stage;
    const isNew = this.asked?.lat !== asked.lat || this.asked.lon !== asked.lon;
    this.#answer = { heard, asked };
    this.#panel.ariaBusy = "false";
    this.#events.onHeard(heard);
    this.#card.show(heard, { when: asked, caption, captioner, scales, span, engines: told?.engines ?? [] });
    void this.#lookAtEngines();
    map.showFootprint(heard.imagery.bounds);
    notice.say(`Heard: ${heard.captions[0]?.text ?? "no caption comes close"}`);
    if (isNew) {
      byId("panel-body", HTMLDivElement).scrollTop = 0;
      sheets.unfold();
    }
    map.reveal();
    if (this.#isPlayed) this.#card.play();
    this.#isPlayed = false;
  }

  /** Learns anew which engines there are and how long each takes: both become known while the server runs. */
  async #lookAtEngines(): Promise<void> {
    await this.#engineLook
      .run((signal) =>
        watchEngines(({ engines }) => {
          this.#stage.listening.learnEngines(engines);
          this.#card.offerEngines(engines);
        }, signal),
      )
      .catch(() => undefined);
  }

  #forget(): void {
    const wasHeard = this.#answer !== null;
    this.#answer = null;
    this.#card.hide();
    this.#panel.ariaBusy = "false";
    if (wasHeard) this.#events.onLeft();
  }
}
