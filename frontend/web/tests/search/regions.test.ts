// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { progressWords, Regions } from "../../src/search/regions";
import type { Region } from "../../src/server/search";
import { closeDocument, one, openDocument } from "../document";
import { refusal, Server } from "../server";

const REGION: Region = {
  name: "null-island",
  title: "Null Island",
  bounds: [-1, -1, 1, 1],
  zoom: 12,
  cells: 1000,
  done: 428,
  failed: 2,
  state: "building",
  imagery: "null-island",
  scale: 1,
  hash: "h",
  seconds_left: 24.2,
};

describe("the progress of a region", () => {
  const words = (change: Partial<Region>): string => progressWords({ ...REGION, ...change }).replaceAll("\u00a0", " ");

  it("says how far it has come and how long it will take", () => {
    expect(words({})).toBe("Null Island is being listened to: 43%, 25 s left");
    expect(words({ seconds_left: 200 })).toBe("Null Island is being listened to: 43%, 4 min left");
  });

  it("says nothing of the time as long as nobody knows", () => {
    expect(words({ done: 0, failed: 0, seconds_left: null })).toBe("Null Island is being listened to: 0%");
  });

  it("reaches 100% only at the end", () => {
    expect(words({ done: 997 })).toContain("99%");
    expect(words({ cells: 0 })).toContain("0%");
  });
});

describe("the regions of a server", () => {
  const changed = vi.fn();
  let server: Server;
  let regions: Regions;

  beforeEach(() => {
    vi.useFakeTimers();
    openDocument();
    changed.mockReset();
    server = new Server();
    regions = new Regions(changed);
  });

  afterEach(() => {
    vi.useRealTimers();
    closeDocument();
  });

  const tell = (change: Partial<Region>): void => void (server.answers["/regions"] = () => ({ regions: [{ ...REGION, ...change }] }));

  it("are looked at as long as one grows, with its progress on the page", async () => {
    tell({});
    void regions.watch();
    await vi.advanceTimersByTimeAsync(0);
    expect([one("#region").hidden, one("#region p").textContent]).toEqual([false, "Null Island is being listened to: 43%, 25\u00a0s left"]);
    tell({ state: "ready", done: 1000, hash: "all" });
    await vi.advanceTimersByTimeAsync(2000);
    expect([one("#region").hidden, changed.mock.calls.length]).toEqual([true, 2]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.asked).toHaveLength(2);
    expect([regions.find("null-island")?.hash, regions.find(null)?.hash, regions.find("iceland")]).toEqual(["all", "all", undefined]);
  });

  it("are asked for again after a look that failed, unless that is in vain", async () => {
    server.isAway = true;
    void regions.watch();
    await vi.advanceTimersByTimeAsync(5000);
    server.isAway = false;
    server.answers["/regions"] = () => refusal("Not found", "no regions here", 404);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.asked).toHaveLength(3);
    expect([one("#region").hidden, changed.mock.calls.length]).toEqual([true, 0]);
  });
});
