import { afterEach, describe, expect, it, vi } from "vitest";

import { Problem } from "../../src/server/problem";
import { askForSound, followSound, type Job, soundPeaks, soundReady } from "../../src/server/sounds";

const JOB: Job = {
  id: "a",
  state: "queued",
  position: 2,
  percent: 0,
  reason: null,
  engine: "foley",
  licence: "CC0-1.0",
  notice: "",
  loop: false,
  url: "/synthesis/a",
  events: "/synthesis/a/events",
  audio: "/synthesis/a/audio",
  peaks: "/synthesis/a/peaks",
};

/** An event source whose server is the test. */
class Source extends EventTarget {
  static readonly CLOSED = 2;
  static opened: Source[] = [];
  readyState = 1;

  constructor(readonly url: string) {
    super();
    Source.opened.push(this);
  }

  close(): void {
    this.readyState = Source.CLOSED;
  }

  tell(event: string, job: Partial<Job>): void {
    this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify({ ...JOB, ...job }) }));
  }

  refuse(): void {
    this.close();
    this.dispatchEvent(new Event("error"));
  }
}

function following(): { told: string[]; ended: Promise<Job>; control: AbortController } {
  Source.opened = [];
  vi.stubGlobal("EventSource", Source);
  const told: string[] = [];
  const control = new AbortController();
  return { told, control, ended: followSound(JOB, ({ state, percent }) => told.push(`${state} ${percent}`), control.signal) };
}

const answers = (...all: Response[]): void => void vi.stubGlobal("fetch", () => Promise.resolve(all.shift() ?? all[0]));

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe("a sound that is made", () => {
  it("is told of at every change until it has ended, and the stream is closed then", async () => {
    const { told, ended } = following();
    const [source] = Source.opened;
    expect(source!.url).toBe("/synthesis/a/events");
    source!.tell("progress", {});
    source!.tell("progress", { state: "running", percent: 40 });
    source!.tell("end", { state: "done", percent: 100 });
    expect((await ended).state).toBe("done");
    expect(told).toEqual(["queued 0", "running 40"]);
    expect(source!.readyState).toBe(Source.CLOSED);
  });

  it("is left to the browser to take up again while the connection is only lost", async () => {
    const { ended } = following();
    const [source] = Source.opened;
    source!.dispatchEvent(new Event("error"));
    source!.tell("end", { state: "done" });
    expect((await ended).state).toBe("done");
    expect(Source.opened).toHaveLength(1);
  });

  it("is asked about when its stream is refused, and followed again while it is not ended", async () => {
    vi.useFakeTimers();
    const running = JSON.stringify({ ...JOB, state: "running", percent: 60 });
    answers(new Response("{}", { status: 503 }), new Response(running), new Response(JSON.stringify({ ...JOB, state: "done" })));
    const { told, ended } = following();
    for (const opened of [0, 1, 2]) {
      await vi.advanceTimersByTimeAsync(2000);
      Source.opened[opened]!.refuse();
    }
    await vi.advanceTimersByTimeAsync(2000);
    expect((await ended).state).toBe("done");
    expect(told).toEqual(["running 60"]);
  });

  it("is given up when the server does not know it any more", async () => {
    answers(new Response("{}", { status: 404 }));
    const { ended } = following();
    const failed = ended.catch((thrown: unknown) => thrown);
    Source.opened[0]!.refuse();
    expect(await failed).toBeInstanceOf(Problem);
  });

  it("closes its stream when it is left", async () => {
    const { ended, control } = following();
    const failed = ended.catch((thrown: unknown) => thrown);
    control.abort();
    expect(await failed).toBeInstanceOf(DOMException);
    expect(Source.opened[0]!.readyState).toBe(Source.CLOSED);
  });
});

describe("the client of sounds", () => {
  it("asks by caption, place, time and engine", async () => {
    const asked: [string, RequestInit][] = [];
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
      asked.push([url, init]);
      return Promise.resolve(new Response(JSON.stringify(JOB), { status: 202 }));
    });
    const request = { caption: "waves", lat: 1, lon: 2, engine: "foley", month: 7, hour: null, loop: true };
    expect(await askForSound(request, new AbortController().signal)).toEqual(JOB);
    expect(asked[0]![0]).toBe("/synthesis");
    expect(JSON.parse(String(asked[0]![1].body))).toEqual(request);
  });

  it("waits while a sound is being rendered, and stops waiting when called off", async () => {
    const states = [202, 202, 206];
    vi.useFakeTimers();
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(null, { status: states.shift() ?? 202 })));
    const ready = soundReady("/a", new AbortController().signal);
    await vi.advanceTimersByTimeAsync(2500);
    await expect(ready).resolves.toBeUndefined();
    const control = new AbortController();
    const never = soundReady("/b", control.signal).catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(2500);
    control.abort();
    expect(await never).toBeInstanceOf(DOMException);
  });

  it("waits for a waveform in the same way", async () => {
    vi.useFakeTimers();
    answers(new Response(null, { status: 202 }), new Response(JSON.stringify({ seconds: 1, peaks: [0.5] })));
    const peaks = soundPeaks("/a/peaks", 1, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await peaks).toEqual({ seconds: 1, peaks: [0.5] });
  });
});
