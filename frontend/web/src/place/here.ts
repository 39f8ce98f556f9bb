/** The place at hand: asks what it sounds like, and shows the answer on the map and the card. */

import { byId } from "../kit/dom";
import { formatPoint } from "../kit/format";
import { Newest } from "../kit/newest";
import type { Notice } from "../kit/notice";
import { batch, type Signal } from "../kit/signal";
import type { SoundMap } from "../map/map";
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
  notice: Notice;
  listening: Listening;
  insight: Insight;
}

/** An answer, and the question it answers. */
export interface Answer {
  heard: Soundscape;
  asked: Question;
}

/** What there is of the place at hand, for all who follow it; null: no place is listened to, nothing is on the card. */
export interface PlaceSignals {
  place: Signal<Point | null>;
  answer: Signal<Answer | null>;
}

/** What the page does when a place is shown. */
export interface HereEvents extends Pick<CardEvents, "onScale" | "onCaption"> {
  /** The card is of another place than before, and wants to be seen from its beginning. */
  onNewCard(): void;
}

/** Holds one place; of several questions about places only the newest is answered. */
export class Here {
  readonly #stage: Stage;
  readonly #place: Signal<Point | null>;
  readonly #answer: Signal<Answer | null>;
  readonly #events: HereEvents;
  readonly #card: Card;
  readonly #panel = byId("panel", HTMLElement);
  readonly #newest = new Newest();
  readonly #engineLook = new Newest();
  #isPlayed = false; // whether the answer awaited is to be heard at once

  constructor(stage: Stage, { place, answer }: PlaceSignals, events: HereEvents) {
    this.#stage = stage;
    this.#place = place;
    this.#answer = answer;
    this.#events = events;
    this.#card = new Card(byId("card", HTMLElement), stage.insight, {
      ...events,
      onShowFootprint: () => stage.map.showFootprintClosely(),
    });
  }

  /** Turns to a place, which is asked about by `ask`; its sound is played at once when so wished. */
  turnTo(point: Point, isPlayed = false): void {
    this.#isPlayed = isPlayed;
    this.#place.value = point;
  }

  /** Asks for the place as it is listened to now. */
  async ask(): Promise<void> {
    const { listening, map, notice } = this.#stage;
    const place = this.#place.value;
    if (!place || !listening.imagery.value) return;
    const question = { ...place, ...listening.ear.value };
    const isKnown = JSON.stringify(question) === JSON.stringify(this.#answer.value?.asked ?? null); // how its caption comes about may differ
    map.showListening(question.lat, question.lon);
    this.#panel.ariaBusy = "true";
    notice.say(`Listening to ${formatPoint(question.lat, question.lon)}`);
    try {
      if (!isKnown || listening.caption.value === "retrieve") {
        const answer = await this.#newest.run((signal) => soundscape(question, signal));
        if (!answer) return;
        this.#show(answer, question);
      }
    } catch (error) {
      this.#forget();
      map.showSilence();
      return notice.tell(problemOf(error), () => void this.ask());
    }
    if (listening.caption.value === "generate") await this.#askForCaption(question);
  }

  /** Takes the card and the mark of the place away. */
  leave(): void {
    this.#newest.cancel();
    this.#engineLook.cancel();
    batch(() => {
      this.#place.value = null;
      this.#forget();
    });
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
    const { map, notice } = this.#stage;
    const before = this.#answer.value?.asked;
    this.#panel.ariaBusy = "false";
    this.#answer.value = { heard, asked };
    const engines = told.value?.engines ?? [];
    this.#card.show(heard, { when: asked, caption: caption.value, captioner, scales, span, engines });
    void this.#lookAtEngines();
    map.showFootprint(heard.imagery.bounds);
    notice.say(`Heard: ${heard.captions[0]?.text ?? "no caption comes close"}`);
    if (before?.lat !== asked.lat || before.lon !== asked.lon) this.#events.onNewCard();
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
    this.#card.hide();
    this.#panel.ariaBusy = "false";
    this.#answer.value = null;
  }
}
