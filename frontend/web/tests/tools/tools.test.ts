// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { ToolState } from "../../src/kit/permalink";
import { type Signal, signal } from "../../src/kit/signal";
import { Tools } from "../../src/tools/tools";
import { type SomeBench, someBench } from "../bench";
import { buttonNamed, closeDocument, one, openDocument, press, texts } from "../document";
import { Server } from "../server";
import { stubWebAudio } from "../web-audio";

describe("the row of tools", () => {
  let state: Signal<ToolState | null>;
  let tools: Tools;
  let bench: SomeBench;

  beforeEach(() => {
    openDocument();
    stubWebAudio();
    new Server({ "/concepts": () => ({ concepts: [], total: 0 }) });
    state = signal<ToolState | null>(null);
    tools = new Tools(state);
    bench = someBench();
  });

  afterEach(() => {
    state.value = null;
    closeDocument();
  });

  const row = (): HTMLElement => one("#tools-list");
  const named = (name: string): HTMLButtonElement => buttonNamed(name, row());
  const opened = async (className: string): Promise<void> => {
    await vi.waitFor(() => expect(texts(`#tool-body > .${className}`)).toHaveLength(1));
  };

  it("can be used once the server has told what it can do", () => {
    expect([texts("button", row()), named("Path").disabled]).toEqual([["Wander", "Path", "Compare", "Concepts", "Layers"], true]);
    tools.offer(bench);
    expect(named("Path").disabled).toBe(false);
  });

  it("opens one tool at a time, and closes the one that is pressed again", async () => {
    tools.offer(bench);
    named("Layers").click();
    await opened("layers");
    expect([one("#tool").hidden, one("#tool-title").textContent, named("Layers").ariaExpanded]).toEqual([false, "Layers", "true"]);
    named("Concepts").click();
    await opened("concepts");
    expect([named("Layers").ariaExpanded, state.value?.name]).toEqual(["false", "concepts"]);
    named("Concepts").click();
    expect([one("#tool").hidden, state.value]).toEqual([true, null]);
  });

  it.each(["Wander", "Path", "Compare"])("gives the map to %s, which is used on it", async (name) => {
    tools.offer(bench);
    named(name).click();
    await opened(name.toLowerCase());
    await vi.waitFor(() => expect(document.activeElement).toBe(one("#map")));
    expect(bench.reveal).toHaveBeenCalledOnce();
  });

  it("closes by Escape or its cross, and gives the focus back to its button", async () => {
    tools.offer(bench);
    for (const close of [() => press(one("#tool-close"), "Escape"), () => one("#tool-close").click()]) {
      named("Layers").click();
      await opened("layers");
      close();
      expect([one("#tool").hidden, document.activeElement]).toEqual([true, named("Layers")]);
    }
  });

  it("follows the address to a tool and the points that it works on", async () => {
    tools.offer(bench);
    state.value = { name: "path", points: [{ lat: 1, lon: 2 }], concept: null };
    await opened("path");
    expect(texts(".path-points li > span")).toEqual(["1.000°\u00a0N, 2.000°\u00a0E"]);
    press(one("#map"), "Enter");
    expect(state.value.points).toHaveLength(2);
    expect(texts(".path-points li")).toHaveLength(2);
  });

  it("lets the tool that is open know what is chosen elsewhere", async () => {
    tools.offer(bench);
    named("Layers").click();
    await opened("layers");
    bench.layers.value = { base: "plain", hidden: [] };
    expect(one<HTMLInputElement>("#base-plain").checked).toBe(true);
  });
});
