/** What went wrong, in words a person can act on. */

/** A failed request: the server's own problem details (RFC 9457), or the page's words when no server answered. */
export class Problem extends Error {
  constructor(
    readonly title: string,
    readonly detail: string,
    /** HTTP status; 0 when no answer arrived. */
    readonly status: number,
    /** Seconds to wait before asking again; null when asking again is pointless. */
    readonly retryAfter: number | null,
    /** The server's name for this kind of problem; null: it is none of the server's. */
    readonly type: string | null = null,
  ) {
    super(`${title}: ${detail}`);
    this.name = "Problem";
  }
}

const DEFAULT_RETRY_SECONDS = 5;
const LONGEST_RETRY_SECONDS = 300;

/** Seconds named by a Retry-After header, which holds either seconds or a date; bounded, and 5 when it says nothing. */
export function retrySeconds(header: string | null, now: number = Date.now()): number {
  const text = header?.trim() ?? "";
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - now) / 1000;
  if (!Number.isFinite(seconds)) return DEFAULT_RETRY_SECONDS;
  return Math.min(Math.max(Math.ceil(seconds), 1), LONGEST_RETRY_SECONDS);
}

/** The problem a failed response tells of: its problem+json words, or its status line when it carries none. */
export async function problemFrom(response: Response): Promise<Problem> {
  const retryAfter =
    response.status === 503 || response.status === 429 ? retrySeconds(response.headers.get("Retry-After")) : null;
  const body = isJson(response) ? await response.json().catch(() => null) : null;
  const words = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const title = text(words["title"]) ?? (response.statusText || "The server refused");
  const detail = text(words["detail"]) ?? `The server answered ${response.status} without saying why.`;
  return new Problem(title, detail, response.status, retryAfter, text(words["type"]));
}

/** The problem to tell of when no answer came from the server at all. */
export function unreachable(): Problem {
  const detail = "Check the network, or whether the server still runs, then try again.";
  return new Problem("Earshot's server cannot be reached", detail, 0, 1);
}

/** The problem behind anything thrown on this page. */
export function problemOf(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem("Something went wrong on this page", String(error), 0, null);
}

function isJson(response: Response): boolean {
  return /[/+]json\b/.test(response.headers.get("Content-Type") ?? "");
}

function text(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value : null;
}
