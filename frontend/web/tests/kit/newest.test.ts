import { describe, expect, it } from "vitest";

import { Newest } from "../../src/kit/newest";

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: unknown) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

describe("of several clicks", () => {
  it("only the newest is answered, in whatever order the answers arrive", async () => {
    const newest = new Newest();
    const [slow, quick] = [deferred<string>(), deferred<string>()];
    const first = newest.run(() => slow.promise);
    const second = newest.run(() => quick.promise);
    quick.resolve("second");
    slow.resolve("first");
    expect(await second).toBe("second");
    expect(await first).toBeNull();
  });

  it("those before are called off", async () => {
    const newest = new Newest();
    let signal: AbortSignal | undefined;
    void newest.run((given) => {
      signal = given;
      return new Promise(() => undefined);
    });
    await newest.run(() => Promise.resolve(1));
    expect(signal?.aborted).toBe(true);
  });

  it("an old one's error is not heard, the newest one's is", async () => {
    const newest = new Newest();
    const failing = deferred<string>();
    const first = newest.run(() => failing.promise);
    const second = newest.run(() => Promise.reject(new Error("mine")));
    failing.reject(new Error("old"));
    expect(await first).toBeNull();
    await expect(second).rejects.toThrow("mine");
  });

  it("none is answered once all are called off", async () => {
    const newest = new Newest();
    const late = deferred<string>();
    const only = newest.run(() => late.promise);
    newest.cancel();
    late.resolve("late");
    expect(await only).toBeNull();
  });
});
