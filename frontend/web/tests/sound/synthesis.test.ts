import { describe, expect, it } from "vitest";

import { Problem } from "../../src/server/problem";
import type { Job, SoundRequest } from "../../src/server/sounds";
import { type SoundClient, type Stage, Synthesis } from "../../src/sound/synthesis";

const REQUEST: SoundRequest = { caption: "waves", lat: 0, lon: 0, engine: "foley", month: null, hour: null, loop: false };

function job(state: Job["state"], more: Partial<Job> = {}): Job {
  const urls = { url: "/j", events: "/j/events", audio: "/j/audio", peaks: "/j/peaks" };
  return { id: "j", state, position: null, percent: 0, reason: null, engine: "foley", licence: "", notice: "", loop: false, ...urls, ...more };
}

/** A server whose answers the test gives one by one. */
class Server implements SoundClient {
  readonly cancelled: Job[] = [];
  readonly signals: AbortSignal[] = [];
  answer!: (job: Job) => void;
  refuse!: (error: unknown) => void;
  tell!: (job: Job) => void;
  end!: (job: Job) => void;

  ask(_: SoundRequest, signal: AbortSignal): Promise<Job> {
    this.signals.push(signal);
    return new Promise((resolve, reject) => ([this.answer, this.refuse] = [resolve, reject]));
  }

  follow(_: Job, onChange: (job: Job) => void): Promise<Job> {
    this.tell = onChange;
    return new Promise((resolve) => (this.end = resolve));
  }

  cancel(called: Job): Promise<Job> {
    this.cancelled.push(called);
    return Promise.resolve({ ...called, state: "cancelled" });
  }
}

function making(): { server: Server; synthesis: Synthesis; seen: string[]; last: () => Stage } {
  const server = new Server();
  const stages: Stage[] = [];
  const seen: string[] = [];
  const synthesis = new Synthesis((stage) => {
    stages.push(stage);
    seen.push(stage.kind);
  }, server);
  return { server, synthesis, seen, last: () => stages.at(-1)! };
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe("a synthesis", () => {
  it("goes from the asking over its turn and its rendering to the sound", async () => {
    const { server, synthesis, seen, last } = making();
    const made = synthesis.start(REQUEST);
    server.answer(job("queued", { position: 3 }));
    await settle();
    expect(last()).toEqual({ kind: "queued", position: 3 });
    server.tell(job("running", { percent: 40 }));
    expect(last()).toEqual({ kind: "rendering", percent: 40 });
    server.end(job("done"));
    await made;
    expect(last()).toMatchObject({ kind: "done", job: { audio: "/j/audio" } });
    expect(seen).toEqual(["asking", "queued", "rendering", "done"]);
  });

  it("is done at once when the sound is there already", async () => {
    const { server, synthesis, seen } = making();
    const made = synthesis.start(REQUEST);
    server.answer(job("done"));
    await made;
    expect(seen).toEqual(["asking", "done"]);
  });

  it("fails in the server's own words, whether it was refused or rendered in vain", async () => {
    const { server, synthesis, last } = making();
    const refused = synthesis.start(REQUEST);
    server.refuse(new Problem("Too many requests at once", "512 sounds wait", 503, 5));
    await refused;
    expect(last()).toMatchObject({ kind: "failed", problem: { detail: "512 sounds wait" } });
    const failed = synthesis.start(REQUEST);
    server.answer(job("running"));
    await settle();
    server.end(job("failed", { reason: "The disk is full." }));
    await failed;
    expect(last()).toMatchObject({ kind: "failed", problem: { detail: "The disk is full." } });
  });

  it("is called off on the server, and nothing that it comes to is told after that", async () => {
    const { server, synthesis, seen } = making();
    void synthesis.start(REQUEST);
    server.answer(job("running"));
    await settle();
    await synthesis.cancel();
    server.tell(job("running", { percent: 90 }));
    server.end(job("done"));
    await settle();
    expect(server.cancelled).toHaveLength(1);
    expect(seen).toEqual(["asking", "rendering", "cancelled"]);
  });

  it("can be called off before the server has said which it is", async () => {
    const { server, synthesis, seen } = making();
    const made = synthesis.start(REQUEST);
    await synthesis.cancel();
    server.answer(job("queued"));
    await made;
    expect(server.cancelled).toHaveLength(1);
    expect(seen).toEqual(["asking", "cancelled"]);
  });

  it("tells of the newest asking alone, and leaves the older job to whoever else waits for it", async () => {
    const { server, synthesis, seen } = making();
    void synthesis.start(REQUEST);
    const older = server.answer;
    const made = synthesis.start({ ...REQUEST, caption: "wind" });
    expect(server.signals[0]!.aborted).toBe(true);
    older(job("done"));
    await settle();
    server.answer(job("done"));
    await made;
    expect(seen).toEqual(["asking", "asking", "done"]);
    expect(server.cancelled).toEqual([]);
  });

  it("is silent once it is left", async () => {
    const { server, synthesis, seen } = making();
    void synthesis.start(REQUEST);
    synthesis.leave();
    server.refuse(new Error("aborted"));
    await settle();
    expect(seen).toEqual(["asking", "idle"]);
    await synthesis.cancel();
    expect(server.cancelled).toEqual([]);
  });
});
