/** The browser's address, which follows what the page shows. */

import { type Address, formatAddress } from "../kit/permalink";
import { batch, follow, type Readable, untracked } from "../kit/signal";
import { queryParameters } from "../server/query";

const PAUSE = 300; // milliseconds; browsers refuse addresses that change with every step of a drag

/**
 * Writes what is shown into the address. Another place, search, tool or concept is a new entry of the history; anything
 * else is written in place of the latest, and where the map looks only once it has stood still for a moment.
 */
export class AddressBar {
  readonly #view: () => Address | null;
  readonly #rests: Readable<unknown>;
  #told: Address | null = null; // what the latest entry says
  #waiting: ReturnType<typeof setTimeout> | null = null;
  #isAdopting = false;

  /** `view` is followed, but for where the map looks: that is written when something else is, or `rests` has changed. */
  constructor(view: () => Address | null, rests: Readable<unknown>) {
    this.#view = view;
    this.#rests = rests;
  }

  /** Begins to follow; what is shown by then the address is taken to say. */
  watch(): void {
    this.#told = untracked(this.#view);
    follow(() => [this.#view(), this.#rests.value] as const, ([view]) => this.#onChange(view));
  }

  /** Shows what the address says: that is not to be written. */
  adopt(show: () => void): void {
    this.#isAdopting = true;
    try {
      batch(show);
    } finally {
      this.#isAdopting = false;
    }
    this.#cancel();
    this.#told = untracked(this.#view);
  }

  #onChange(view: Address | null): void {
    if (this.#isAdopting || view === null) return;
    this.#told ??= view;
    const step = stepBetween(this.#told, view);
    if (step === "new" || step === "same") this.#write(step === "new");
    else if (step === "look") this.#writeSoon();
  }

  #write(isNew: boolean): void {
    this.#cancel();
    this.#told = untracked(this.#view);
    if (this.#told === null) return;
    const hash = formatAddress(this.#told);
    if (hash === (location.hash || "#")) return;
    history[isNew ? "pushState" : "replaceState"](null, "", hash === "#" ? location.pathname : hash);
  }

  #writeSoon(): void {
    this.#cancel();
    this.#waiting = setTimeout(() => this.#write(false), PAUSE);
  }

  #cancel(): void {
    if (this.#waiting !== null) clearTimeout(this.#waiting);
    this.#waiting = null;
  }
}

/** What leads from one view to another: a new entry, a change of the same, only of where the map looks, or nothing. */
export function stepBetween(before: Address, now: Address): "new" | "same" | "look" | "none" {
  if (subjectOf(before) !== subjectOf(now)) return "new";
  if (formatAddress(unmoved(before)) !== formatAddress(unmoved(now))) return "same";
  return formatAddress(before) === formatAddress(now) ? "none" : "look";
}

/** What an entry of the history is about. */
function subjectOf({ place, query, tool }: Address): string {
  const point = place && [place.lat, place.lon];
  return JSON.stringify([point, query && queryParameters(query).toString(), tool?.name, tool?.concept]);
}

/** A view as if the map had not been moved. */
function unmoved(address: Address): Address {
  return { ...address, camera: null, place: address.place && { ...address.place, zoom: 0 } };
}
