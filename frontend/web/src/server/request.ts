/** Requests that end in an answer or in a Problem. */

import { problemFrom, unreachable } from "./problem";

/** The JSON that a GET of `url` answers. Throws Problem. */
export async function getJson<T>(url: string, signal?: AbortSignal): Promise<T> {
  const response = await ask(url, { headers: { Accept: "application/json" }, ...(signal ? { signal } : {}) });
  return (await response.json()) as T;
}

/** The answer to a request that went well; throws Problem for any other, and AbortError when called off. */
export async function ask(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    throw error instanceof TypeError ? unreachable() : error;
  }
  if (!response.ok) throw await problemFrom(response);
  return response;
}

/** Waits; rejects with the signal's reason when called off. */
export function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
