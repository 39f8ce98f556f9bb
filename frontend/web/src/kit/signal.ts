/**
 * Signals: values that know who reads them. What is computed from them is as new as they are, and an effect that has
 * read one runs again once it has become another. Changes within `batch` are told of together.
 */

/** A value that may be read; whoever reads it in an effect or a computation is told when it is another. */
export interface Readable<T> {
  readonly value: T;
}

/** Whether two values are the same to those who follow them. */
export type Same<T> = (one: T, other: T) => boolean;

const MOST_ROUNDS = 100; // of effects that set off one another, before they are taken to do so for ever

let reader: Reader | null = null; // who is reading now
let depth = 0; // of batches
const waiting = new Set<Effect>();

/** What is read: a value with a number that rises as it becomes another. */
abstract class Source<T> implements Readable<T> {
  readonly readers = new Set<Reader>();
  version = 0;

  abstract get value(): T;

  /** Brings the version up to date. */
  abstract refresh(): void;

  protected track(): void {
    if (reader === null) return;
    this.readers.add(reader);
    reader.read.set(this, this.version);
  }
}

/** Who reads: it remembers which sources, and how new each was. */
class Reader {
  readonly read = new Map<Source<unknown>, number>();

  constructor(readonly tell: () => void) {}

  /** Whether anything that was read has become another. */
  get isBehind(): boolean {
    for (const [source, version] of this.read) {
      source.refresh();
      if (source.version !== version) return true;
    }
    return false;
  }

  /** Does work that reads, in place of what was read before. */
  run<T>(work: () => T): T {
    this.forget();
    return readBy(this, work);
  }

  forget(): void {
    for (const source of this.read.keys()) source.readers.delete(this);
    this.read.clear();
  }
}

/** A value that is set. */
export class Signal<T> extends Source<T> {
  #value: T;
  readonly #same: Same<T>;

  constructor(value: T, same: Same<T> = Object.is) {
    super();
    this.#value = value;
    this.#same = same;
  }

  override get value(): T {
    this.track();
    return this.#value;
  }

  override set value(value: T) {
    if (this.#same(this.#value, value)) return;
    this.#value = value;
    this.version++;
    batch(() => [...this.readers].forEach((each) => each.tell()));
  }

  override refresh(): void {
    // It is always as it was set.
  }
}

class Computed<T> extends Source<T> {
  readonly #compute: () => T;
  readonly #same: Same<T>;
  readonly #reader = new Reader(() => this.#onChange());
  #kept: { value: T } | null = null;
  #isStale = true;

  constructor(compute: () => T, same: Same<T>) {
    super();
    this.#compute = compute;
    this.#same = same;
  }

  override get value(): T {
    this.refresh();
    this.track();
    return (this.#kept as { value: T }).value;
  }

  override refresh(): void {
    if (!this.#isStale) return;
    if (this.#kept === null || this.#reader.isBehind) {
      const value = this.#reader.run(this.#compute);
      if (this.#kept === null || !this.#same(this.#kept.value, value)) {
        this.#kept = { value };
        this.version++;
      }
    }
    this.#isStale = false;
  }

  #onChange(): void {
    if (this.#isStale) return;
    this.#isStale = true;
    [...this.readers].forEach((each) => each.tell());
  }
}

class Effect {
  readonly reader = new Reader(() => void waiting.add(this));
  readonly #run: () => void;

  constructor(run: () => void) {
    this.#run = run;
    batch(() => this.reader.run(run));
  }

  /** Runs again if what it read has become another. */
  catchUp(): void {
    if (this.reader.isBehind) this.reader.run(this.#run);
  }
}

/** A value to be set, and followed by those who read it. */
export function signal<T>(value: T, same?: Same<T>): Signal<T> {
  return new Signal(value, same);
}

/** A value that follows from others; it is worked out when it is read, and only if one of those has changed. */
export function computed<T>(compute: () => T, same: Same<T> = Object.is): Readable<T> {
  return new Computed(compute, same);
}

/** Does work now, and again whenever a value that it read has become another. Returns how to end that. */
export function effect(run: () => void): () => void {
  const made = new Effect(run);
  return () => {
    made.reader.forget();
    waiting.delete(made);
  };
}

/** Acts on a value now and whenever it is another; what the act itself reads is not followed. Returns how to end that. */
export function follow<T>(read: () => T, act: (value: T) => void): () => void {
  return effect(() => {
    const value = read();
    untracked(() => act(value));
  });
}

/** Makes several changes as one: effects run once, when all are made. */
export function batch<T>(change: () => T): T {
  depth++;
  try {
    return change();
  } finally {
    try {
      if (depth === 1) settle();
    } finally {
      depth--;
    }
  }
}

/** Reads without following what is read. */
export function untracked<T>(read: () => T): T {
  return readBy(null, read);
}

function readBy<T>(who: Reader | null, work: () => T): T {
  const before = reader;
  reader = who;
  try {
    return work();
  } finally {
    reader = before;
  }
}

/** Lets effects run until nothing is left to be told of; one that throws does not keep the others from running. */
function settle(): void {
  const errors: unknown[] = [];
  for (let round = 0; waiting.size > 0; round++) {
    if (round === MOST_ROUNDS) {
      waiting.clear();
      throw new Error("effects set off one another without end");
    }
    const due = [...waiting];
    waiting.clear();
    for (const each of due) {
      try {
        each.catchUp();
      } catch (error) {
        errors.push(error);
      }
    }
  }
  if (errors.length > 0) throw errors[0];
}
