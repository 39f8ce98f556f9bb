import { afterEach, describe, expect, it, vi } from "vitest";

import { soundscape } from "../../src/server/api";
import { Problem, problemFrom, problemOf, retrySeconds } from "../../src/server/problem";

function problemJson(status: number, words: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(words), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}

const QUESTION = { lat: 0, lon: 0, scale: 1, imagery: "null-island", month: null, hour: null };

afterEach(() => vi.unstubAllGlobals());

describe("a problem", () => {
  it("speaks in the server's own words", async () => {
    const words = { type: "/problems/no-imagery", title: "No imagery here", status: 404, detail: "Choose another place." };
    const problem = await problemFrom(problemJson(404, words));
    expect(problem).toMatchObject({ title: "No imagery here", detail: "Choose another place.", status: 404 });
    expect(problem.retryAfter).toBeNull();
  });

  it("may be tried again after the seconds that a 503 names", async () => {
    const response = problemJson(503, { title: "Imagery unavailable", detail: "esri is down" }, { "Retry-After": "7" });
    expect((await problemFrom(response)).retryAfter).toBe(7);
  });

  it("is told of even when a proxy answers with HTML", async () => {
    const response = new Response("<h1>Bad gateway</h1>", { status: 502, statusText: "Bad Gateway" });
    const problem = await problemFrom(response);
    expect(problem.title).toBe("Bad Gateway");
    expect(problem.detail).toContain("502");
  });

  it("survives problem+json that is no JSON, and fields that are no text", async () => {
    const broken = new Response("{", { status: 500, headers: { "Content-Type": "application/problem+json" } });
    expect((await problemFrom(broken)).detail).toContain("500");
    expect((await problemFrom(problemJson(500, { title: 3, detail: null }))).detail).toContain("500");
  });

  it("keeps waiting times sane", () => {
    const now = Date.parse("2026-01-01T00:00:00Z");
    expect(retrySeconds("Thu, 01 Jan 2026 00:00:30 GMT", now)).toBe(30);
    expect(retrySeconds(null)).toBe(5);
    expect(retrySeconds("soon")).toBe(5);
    expect(retrySeconds("0")).toBe(1);
    expect(retrySeconds("999999")).toBe(300);
  });

  it("is made of anything thrown", () => {
    expect(problemOf(new Error("bug")).detail).toContain("bug");
  });
});

describe("the client", () => {
  it("says that the server cannot be reached when the network is lost", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
    const error = await soundscape(QUESTION).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Problem);
    expect((error as Problem).title).toContain("cannot be reached");
    expect((error as Problem).retryAfter).not.toBeNull();
  });

  it("asks for a place by latitude, longitude, scale and imagery, and by the time that is chosen", async () => {
    const asked: string[] = [];
    vi.stubGlobal("fetch", (url: string) => {
      asked.push(url);
      return Promise.resolve(new Response("{}"));
    });
    await soundscape({ lat: -1.5, lon: 2, scale: 3, imagery: "esri", month: null, hour: null });
    await soundscape({ lat: -1.5, lon: 2, scale: 3, imagery: "esri", month: 7, hour: 0 });
    const place = "/soundscape?lat=-1.5&lon=2&scale=3&imagery=esri";
    expect(asked).toEqual([place, `${place}&month=7&hour=0`]);
  });
});
