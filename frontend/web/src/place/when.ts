/** The month and the hour to listen at, for checkpoints that were trained with them and engines that sound by them. */

import { byId, el } from "../kit/dom";
import { follow, type Readable } from "../kit/signal";
import type { Capabilities } from "../server/api";
import type { When } from "../server/question";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** What says whether time makes a difference. */
export type TimeTellers = Pick<Capabilities, "checkpoint" | "engines">;

/** The two controls under the sound, or beside a tool that is open without a card; they stay away when nothing here knows time. */
export class WhenControl {
  readonly #month: HTMLSelectElement;
  readonly #hour: HTMLSelectElement;
  readonly #holder = byId("when", HTMLFieldSetElement);

  /** `chosen` is shown where `told` says that it makes a difference; `choose` is told of another choice. */
  constructor(told: Readable<TimeTellers | null>, chosen: Readable<When>, choose: (when: When) => void) {
    this.#month = chooser("month", "Any month", MONTHS, 1);
    const hours = Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, "0")}:00`);
    this.#hour = chooser("hour", "Any hour", hours, 0);
    this.#holder.append(
      el("legend", {}, "Listen at"),
      el("label", {}, el("span", { className: "visually-hidden" }, "Month"), this.#month),
      el("label", {}, el("span", { className: "visually-hidden" }, "Local hour of the day"), this.#hour),
    );
    for (const select of [this.#month, this.#hour]) {
      select.addEventListener("change", () => choose({ month: valueOf(this.#month), hour: valueOf(this.#hour) }));
    }
    follow(() => chosen.value, (when) => this.#show(when));
    follow(() => told.value, (tellers) => tellers && this.#offer(tellers));
  }

  #show({ month, hour }: When): void {
    this.#month.value = String(month ?? "");
    this.#hour.value = String(hour ?? "");
  }

  #offer(tellers: TimeTellers): void {
    const { hasMonth, hasHour } = timesKnown(tellers);
    this.#holder.hidden = !hasMonth && !hasHour;
    for (const [select, isKnown] of [[this.#month, hasMonth], [this.#hour, hasHour]] as const) {
      select.disabled = !isKnown;
      if (select.parentElement) select.parentElement.hidden = !isKnown;
    }
  }
}

/** Which times make a difference: those the checkpoint was trained with, and all to an engine that knows time. */
export function timesKnown({ checkpoint, engines }: TimeTellers): {
  hasMonth: boolean;
  hasHour: boolean;
} {
  const fields = checkpoint.config["metadata_fields"];
  const known = Array.isArray(fields) ? fields : [];
  const isSounded = engines.some(({ available, knows_time }) => available && knows_time);
  return { hasMonth: isSounded || known.includes("month"), hasHour: isSounded || known.includes("time") };
}

function chooser(name: string, any: string, names: string[], first: number): HTMLSelectElement {
  const options = names.map((name, i) => el("option", { value: String(i + first) }, name));
  return el("select", { name }, el("option", { value: "" }, any), ...options);
}

function valueOf({ value }: HTMLSelectElement): number | null {
  return value === "" ? null : Number(value);
}
