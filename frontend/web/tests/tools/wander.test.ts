// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { takeFloor } from "../../src/sound/floor";
import { Wander } from "../../src/tools/wander";
import { heardAt } from "../answers";
import { pointer, type SomeBench, someBench } from "../bench";
import { buttonNamed, closeDocument, one, openDocument, press, texts } from "../document";
import { Server } from "../server";
import { sounding, stubWebAudio } from "../web-audio";

describe("wandering", () => {
  let server: Server;
  let bench: SomeBench;
  let wander: Wander;

  beforeEach(() => {
    vi.useFakeTimers();
    openDocument();
    stubWebAudio();
    HTMLElement.prototype.setPointerCapture ??= () => undefined;
    server = new Server({ "/soundscape": heardAt, "/soundscape/audio": () => new Response("...") });
    bench = someBench();
    wander = new Wander(bench);
    one("#tool-body").replaceChildren(wander.element);
    wander.open();
  });

  const button = (name: string): HTMLButtonElement => buttonNamed(name, one("#tool-body"));

  afterEach(() => {
    wander.close();
    vi.runOnlyPendingTimers();
    vi.useRealTimers();
    closeDocument();
  });

  const words = (): string => one(".wander-words").textContent ?? "";
  const soon = (milliseconds = 400): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);
  const ear = (): number => texts(".ear").length;

  it("is silent at first, and asks for nothing", async () => {
    await soon();
    expect([words(), server.asked, button("Silence").disabled]).toEqual(["Nothing is heard yet.", [], true]);
  });

  it("says and sounds the place under the pointer that is held", async () => {
    pointer("pointerdown");
    await soon();
    expect([words(), ear(), sounding.size]).toEqual(["Waves break on a beach", 1, 1]);
    pointer("pointermove", 200, 100);
    await soon();
    expect(server.askedFor("/soundscape/audio")).toHaveLength(3); // the one ahead, too
    await soon(5000);
    expect(sounding.size).toBe(1); // the one before has given way
  });

  it("is carried by the arrow keys, far with Shift, and silenced by Escape", async () => {
    const map = one("#map");
    press(map, "ArrowRight");
    await soon();
    expect([ear(), sounding.size]).toEqual([1, 1]);
    const lon = (): number => Number(new URLSearchParams(server.askedFor("/soundscape").at(-1)?.split("?")[1]).get("lon"));
    const before = lon();
    for (let i = 0; i < 2; i++) press(map, "ArrowRight", { shiftKey: true });
    await soon();
    expect(lon() - before).toBeGreaterThan(0.01);
    press(map, "Escape");
    await soon(5000);
    expect([sounding.size, button("Silence").disabled]).toEqual([0, true]);
  });

  it("asks for little, and calls off what it has left behind", async () => {
    const under = new Set<string>();
    let most = 0;
    server.answers["/soundscape"] = ({ search }, { signal }) => {
      under.add(search);
      signal?.addEventListener("abort", () => under.delete(search));
      most = Math.max(most, under.size);
      return new Promise(() => undefined);
    };
    pointer("pointerdown", -200);
    for (let east = -200; east <= 200; east += 20) pointer("pointermove", east);
    await soon();
    expect(server.asked.length).toBeGreaterThan(4);
    expect([most, under.size]).toEqual([2, 2]);
    expect(server.askedFor("/soundscape/audio")).toEqual([]);
  });

  it("goes on after the network was lost", async () => {
    server.isAway = true;
    pointer("pointerdown");
    await soon();
    expect(texts(".tool-trouble").join()).toContain("cannot be reached");
    server.isAway = false;
    pointer("pointermove", 150);
    await soon();
    expect([words(), texts(".wander .tool-trouble")]).toEqual(["Waves break on a beach", [""]]);
  });

  it("silences whoever sounded before, and gives way to whoever begins", async () => {
    const stopped = vi.fn();
    takeFloor({}, stopped);
    pointer("pointerdown");
    await soon();
    expect(stopped).toHaveBeenCalledOnce();
    takeFloor({}, () => undefined);
    await soon(5000);
    expect(sounding.size).toBe(0);
  });

  it("listens in another way from the moment that it is chosen", async () => {
    pointer("pointerdown");
    await soon();
    bench.ear.value = { ...bench.ear.value, scale: 3 };
    wander.refresh();
    await soon();
    expect(server.askedFor("/soundscape").at(-1)).toContain("scale=3");
  });

  it("opens the place where the ear is on the card", async () => {
    pointer("pointerdown");
    await soon();
    button("Open this place").click();
    expect(bench.visit).toHaveBeenCalledWith({ lat: expect.closeTo(0.959, 2), lon: expect.closeTo(0.253, 2) });
  });

  it("leaves nothing on the map and falls silent when it is closed", async () => {
    pointer("pointerdown");
    await soon();
    wander.close();
    await soon(3000);
    expect(ear()).toBe(0);
    pointer("pointerdown", 100);
    await soon();
    expect(ear()).toBe(0);
  });
});
