import { describe, expect, it, vi } from "vitest";

import { Prefetch } from "../../src/tools/prefetch";

/** A loader whose requests end when the test says so. */
function loader(atOnce: number, kept = 10) {
  const asked: string[] = [];
  const ends = new Map<string, { resolve: (value: string) => void; reject: (error: unknown) => void }>();
  const aborted: string[] = [];
  const come = vi.fn();
  const fail = vi.fn();
  const load = (key: string, signal: AbortSignal): Promise<string> => {
    asked.push(key);
    signal.addEventListener("abort", () => aborted.push(key));
    return new Promise((resolve, reject) => ends.set(key, { resolve, reject }));
  };
  const ahead = new Prefetch(load, { atOnce, kept }, come, fail);
  const end = async (key: string): Promise<void> => {
    ends.get(key)?.resolve(`value of ${key}`);
    await Promise.resolve();
    await Promise.resolve();
  };
  return { ahead, asked, aborted, come, fail, end, ends };
}

describe("loading ahead", () => {
  it("starts with what is most urgent and never runs more at once than it may", async () => {
    const { ahead, asked, end } = loader(2);
    ahead.want(["a", "b", "c"]);
    expect(asked).toEqual(["a", "b"]);
    await end("a");
    expect(asked).toEqual(["a", "b", "c"]);
    expect(ahead.get("a")).toBe("value of a");
  });

  it("calls off what is wanted no more, and its late answer counts for nothing", async () => {
    const { ahead, aborted, asked, come, end } = loader(1);
    ahead.want(["a"]);
    ahead.want(["b"]);
    expect(aborted).toEqual(["a"]);
    expect(asked).toEqual(["a", "b"]);
    await end("a");
    expect(come).not.toHaveBeenCalled();
    expect(ahead.get("a")).toBeUndefined();
  });

  it("asks for nothing twice, however often it is wanted", async () => {
    const { ahead, asked, end } = loader(2);
    ahead.want(["a"]);
    ahead.want(["a"]);
    await end("a");
    ahead.want(["a"]);
    expect(asked).toEqual(["a"]);
  });

  it("keeps only what was wanted last", async () => {
    const { ahead, end } = loader(1, 2);
    for (const key of ["a", "b"]) {
      ahead.want([key]);
      await end(key);
    }
    ahead.get("a");
    ahead.want(["c"]);
    await end("c");
    expect(["a", "b", "c"].map((key) => ahead.get(key))).toEqual(["value of a", undefined, "value of c"]);
  });

  it("tells of a failure once, and asks again only when it is wanted anew", async () => {
    const { ahead, asked, ends, fail } = loader(1);
    ahead.want(["a"]);
    ends.get("a")?.reject(new Error("gone"));
    await vi.waitFor(() => expect(fail).toHaveBeenCalledOnce());
    expect(asked).toEqual(["a"]);
    ahead.want(["a"]);
    expect(asked).toEqual(["a", "a"]);
  });
});
