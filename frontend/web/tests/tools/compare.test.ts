// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Compare } from "../../src/tools/compare";
import { BEACH, heard, heardAt } from "../answers";
import { type SomeBench, someBench } from "../bench";
import { buttonNamed, choose, closeDocument, one, openDocument, press, settle, texts } from "../document";
import { refusal, Server } from "../server";
import { sounding, stubWebAudio } from "../web-audio";

const CITY = { lat: 1.3029, lon: 0.92063 };

describe("a comparison", () => {
  let server: Server;
  let bench: SomeBench;
  let compare: Compare;

  beforeEach(() => {
    openDocument();
    stubWebAudio();
    server = new Server({ "/soundscape": heardAt, "/soundscape/audio": () => new Response("...") });
    bench = someBench();
    compare = new Compare(bench);
    one("#tool-body").replaceChildren(compare.element);
  });

  const button = (name: string): HTMLButtonElement => buttonNamed(name, one("#tool-body"));

  afterEach(() => {
    compare.close();
    vi.useRealTimers();
    closeDocument();
  });

  const open = async (points = [CITY], onCard = true): Promise<void> => {
    bench.heard.value = onCard ? heard() : null;
    compare.open({ points, concept: null });
    await settle();
  };
  const titles = (): string[] => texts(".compare-side h3");
  const help = (): string => texts(".tool-help")[0] ?? "";

  it("asks for the first place, and then for the other", async () => {
    await open([], false);
    expect([help(), button("Listen to both").hidden]).toEqual(["Click a first place on the map.", true]);
    press(one("#map"), "Enter");
    expect(bench.visit).toHaveBeenCalledOnce();
    bench.heard.value = heard();
    compare.refresh();
    expect(help()).toBe("Now click the place to compare with.");
    press(one("#map"), "Enter");
    await settle();
    expect([titles().length, texts("#map .path-point")]).toEqual([2, ["A", "B"]]);
    expect(bench.tell).toHaveBeenCalledWith({ points: [expect.objectContaining({ lat: expect.closeTo(BEACH.lat, 3) })], concept: null });
  });

  it("puts the two places of an address side by side, and both into view", async () => {
    await open();
    expect(titles()).toEqual(["A · 0.959°\u00a0N, 0.253°\u00a0E", "B · 1.303°\u00a0N, 0.921°\u00a0E"]);
    expect(texts(".compare-side .tool-facts")[0]).toBe("0.61 · Very sure");
    expect(bench.show).toHaveBeenLastCalledWith([BEACH, CITY], false);
    button("Show both").click();
    expect(bench.show).toHaveBeenLastCalledWith([BEACH, CITY], true);
  });

  it("goes from one sound to the other by a fader, their power always the same", async () => {
    vi.useFakeTimers();
    bench.heard.value = heard();
    compare.open({ points: [CITY], concept: null });
    await vi.advanceTimersByTimeAsync(1);
    button("Listen to both").click();
    await vi.advanceTimersByTimeAsync(5000);
    const fader = one<HTMLInputElement>("[aria-label='From the sound of A to the sound of B']");
    const powers = async (value: string): Promise<number[]> => {
      choose(fader, value);
      await vi.advanceTimersByTimeAsync(8000);
      return [...sounding].map(({ gain }) => Number(((gain?.gain.value ?? 0) ** 2).toFixed(2)));
    };
    expect([await powers("0"), fader.getAttribute("aria-valuetext")]).toEqual([[1, 0], "A alone"]);
    expect([await powers("50"), fader.getAttribute("aria-valuetext")]).toEqual([[0.5, 0.5], "50% B"]);
    expect([await powers("100"), fader.getAttribute("aria-valuetext")]).toEqual([[0, 1], "B alone"]);
    one(".button-strong").click();
    await vi.advanceTimersByTimeAsync(8000);
    expect([sounding.size, button("Listen to both").hidden]).toEqual([0, false]);
  });

  it("tells of a place that cannot be heard, and keeps the first", async () => {
    server.answers["/soundscape"] = () => refusal("No imagery", "there is none", 404);
    await open();
    expect([texts(".tool-trouble"), titles().length]).toEqual([["No imagery. there is none"], 1]);
  });

  it("follows another place on the card", async () => {
    await open();
    bench.heard.value = heard({ point: { lat: 1, lon: 1 } } as never);
    compare.refresh();
    await settle();
    expect(titles()[0]).toContain("1.000");
  });
});
