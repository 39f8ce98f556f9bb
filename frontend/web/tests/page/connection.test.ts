// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Connection } from "../../src/page/connection";
import { closeDocument, one, openDocument } from "../document";
import { Server } from "../server";

describe("the connection", () => {
  const back = vi.fn();
  let server: Server;

  beforeEach(() => {
    vi.useFakeTimers();
    openDocument();
    back.mockReset();
    server = new Server({ "/healthz": () => ({}) });
    new Connection(one<HTMLDivElement>("#connection"), back).watch();
  });

  afterEach(() => {
    vi.useRealTimers();
    closeDocument();
  });

  const words = (): string => one("#connection").textContent ?? "";
  const hear = async (event: "offline" | "online"): Promise<void> => {
    window.dispatchEvent(new Event(event));
    await vi.advanceTimersByTimeAsync(0);
  };

  it("is told to be lost only when the server is out of reach", async () => {
    await hear("offline");
    expect(words()).toBe("");
    server.isAway = true;
    await hear("offline");
    expect(words()).toContain("No connection");
  });

  it("is looked for again and again, and said to be back once", async () => {
    server.isAway = true;
    await hear("offline");
    await vi.advanceTimersByTimeAsync(12_000);
    expect([server.asked.length, back.mock.calls.length]).toEqual([3, 0]);
    server.isAway = false;
    await vi.advanceTimersByTimeAsync(5000);
    await hear("online");
    expect([words(), back.mock.calls.length]).toEqual(["", 1]);
  });
});
