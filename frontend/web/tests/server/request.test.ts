import { afterEach, describe, expect, it, vi } from "vitest";

import { ask, getJson, pause } from "../../src/server/request";

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A network that does this for every request. */
function network(answer: () => Promise<Response>): void {
  vi.stubGlobal("fetch", answer);
}

describe("a request", () => {
  it("ends in the JSON of the answer", async () => {
    network(() => Promise.resolve(new Response('{"a": 1}')));
    expect(await getJson("/a")).toEqual({ a: 1 });
  });

  it("that no server answers ends in a problem worth trying again", async () => {
    network(() => Promise.reject(new TypeError("failed to fetch")));
    await expect(ask("/a", {})).rejects.toMatchObject({ name: "Problem", status: 0, retryAfter: 1 });
  });

  it("that is refused ends in the server's words", async () => {
    const headers = { "Content-Type": "application/problem+json" };
    network(() => Promise.resolve(new Response('{"title": "No", "detail": "Not here."}', { status: 404, headers })));
    await expect(ask("/a", {})).rejects.toMatchObject({ title: "No", detail: "Not here.", status: 404, retryAfter: null });
  });

  it("that is called off ends as that, and not in a problem", async () => {
    network(() => Promise.reject(new DOMException("", "AbortError")));
    await expect(ask("/a", {})).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("a pause", () => {
  it("takes its time", async () => {
    vi.useFakeTimers();
    let isOver = false;
    void pause(2, new AbortController().signal).then(() => (isOver = true));
    await vi.advanceTimersByTimeAsync(1900);
    expect(isOver).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    expect(isOver).toBe(true);
  });

  it("ends when it is called off, and leaves no timer behind", async () => {
    vi.useFakeTimers();
    const controller = new AbortController();
    const paused = pause(60, controller.signal);
    controller.abort();
    await expect(paused).rejects.toMatchObject({ name: "AbortError" });
    expect(vi.getTimerCount()).toBe(0);
  });
});
