/** A server whose answers a test gives: what the page's modules ask goes there in place of the network. */

import { vi } from "vitest";

/** What is answered: a response, or what its JSON says. */
export type Answer = (url: URL, init: RequestInit) => unknown;

/** The answers by path, or by method and path. */
export type Answers = Record<string, Answer>;

/** Answers requests until `closeDocument`. */
export class Server {
  /** All that was asked: the path with its parameters, behind its method when that is not GET. */
  readonly asked: string[] = [];
  /** Whether nothing reaches it. */
  isAway = false;
  answers: Answers;

  constructor(answers: Answers = {}) {
    this.answers = answers;
    vi.stubGlobal("fetch", (url: string, init: RequestInit = {}) => this.#answer(url, init));
  }

  /** What was asked below a path. */
  askedFor(path: string): string[] {
    return this.asked.filter((each) => new RegExp(`^([A-Z]+ )?${path}(\\?|$)`).test(each));
  }

  async #answer(address: string, init: RequestInit): Promise<Response> {
    const url = new URL(address, "http://earshot");
    const { method = "GET", signal } = init;
    const name = method === "GET" ? url.pathname : `${method} ${url.pathname}`;
    this.asked.push(name + url.search);
    if (this.isAway) throw new TypeError("Failed to fetch");
    const answer = this.answers[name];
    const told = answer ? await Promise.race([answer(url, init), calledOff(signal)]) : refusal("Not found", "", 404);
    signal?.throwIfAborted();
    return told instanceof Response ? told : Response.json(told);
  }
}

/** Rejects when a request is called off, as the one of a browser does. */
function calledOff(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error)));
}

/** A refusal in the server's own words; with `retry` seconds after which asking again may help. */
export function refusal(title: string, detail: string, status: number, retry?: number, type = "about:blank"): Response {
  const headers = { "Content-Type": "application/problem+json", ...(retry === undefined ? {} : { "Retry-After": `${retry}` }) };
  return new Response(JSON.stringify({ type, title, status, detail }), { status, headers });
}

/** An answer that comes when the test says so. */
export class Later<T> {
  give!: (value: T) => void;
  readonly value = new Promise<T>((resolve) => (this.give = resolve));
}
