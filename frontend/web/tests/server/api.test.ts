import { afterEach, describe, expect, it, vi } from "vitest";

import { writtenSoundscape } from "../../src/server/api";
import type { Question } from "../../src/server/question";

const PLACE: Question = { lat: 1, lon: 2, scale: 1, imagery: "null-island", month: null, hour: 5 };

describe("a caption that is written", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  /** A server that gives these answers one by one; what it was asked. */
  function serve(...answers: Response[]): string[] {
    const asked: string[] = [];
    vi.stubGlobal("fetch", (url: string) => {
      asked.push(url);
      return Promise.resolve(answers.shift());
    });
    return asked;
  }

  function refusal(type: string, status: number): Response {
    const headers = { "Content-Type": "application/problem+json", "Retry-After": "5" };
    return new Response(JSON.stringify({ type, title: "No", detail: "Not now.", status }), { status, headers });
  }

  it("is asked for again until it is there", async () => {
    vi.useFakeTimers();
    const asked = serve(refusal("/problems/unavailable", 503), new Response(JSON.stringify({ route: "generation" })));
    const answer = writtenSoundscape(PLACE, new AbortController().signal);
    await vi.advanceTimersByTimeAsync(4900);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(await answer).toEqual({ route: "generation" });
    expect(asked[1]).toBe("/soundscape?lat=1&lon=2&scale=1&imagery=null-island&hour=5&caption=generate");
  });

  it.each([["/problems/imagery-unavailable", 503], ["/problems/engine-absent", 409]])(
    "is not when it never comes (%s)",
    async (type, status) => {
      const asked = serve(refusal(type, status));
      await expect(writtenSoundscape(PLACE, new AbortController().signal)).rejects.toMatchObject({ status, type });
      expect(asked).toHaveLength(1);
    },
  );
});
