// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Soundscape } from "../../src/server/api";
import { ANY_TIME } from "../../src/server/question";
import type { Engine, Job } from "../../src/server/sounds";
import { Ladder } from "../../src/sound/ladder";
import { BEACH, heard, job } from "../answers";
import { buttonNamed, check, closeDocument, one, openDocument, settle, texts } from "../document";
import { Later, refusal, Server } from "../server";
import { FOLEY, TANGOFLUX } from "./some-engines";

/** The stream of a job's progress, whose events the test sends. */
class Stream extends EventTarget {
  static readonly CLOSED = 2;
  static last: Stream;
  readyState = 1;

  constructor(readonly url: string) {
    super();
    Stream.last = this;
  }

  send(kind: "progress" | "end", told: Job): void {
    this.dispatchEvent(new MessageEvent(kind, { data: JSON.stringify(told) }));
  }

  close(): void {
    this.readyState = Stream.CLOSED;
  }
}

describe("the sounds of a place", () => {
  const asked: Record<string, unknown>[] = [];
  let server: Server;
  let ladder: Ladder;
  let answer: () => unknown;

  beforeEach(() => {
    openDocument();
    vi.stubGlobal("EventSource", Stream);
    asked.length = 0;
    answer = () => job("done");
    const there = () => new Response("", { status: 206 });
    server = new Server({
      "POST /synthesis": (_, { body }) => (asked.push(JSON.parse(String(body)) as Record<string, unknown>), answer()),
      "DELETE /synthesis/j1": () => job("cancelled"),
      "/synthesis/j1/audio": there,
      "/synthesis/j2/audio": there,
      "/gallery/r1/audio": there,
      "/gallery/r2/audio": there,
    });
    ladder = new Ladder(() => undefined);
    document.body.replaceChildren(ladder.element);
  });

  afterEach(closeDocument);

  async function show(engines: Engine[] = [FOLEY], place: Soundscape = heard(), when = ANY_TIME): Promise<void> {
    ladder.show(place, when, engines);
    await settle();
  }

  const rung = (name: "recording" | "synthesised"): HTMLButtonElement => one<HTMLButtonElement>(`[data-rung=${name}]`);
  const audio = (): HTMLAudioElement => one<HTMLAudioElement>("audio");
  const playing = (): string | null => (audio().paused ? null : audio().getAttribute("src"));
  const listen = (): HTMLButtonElement => one<HTMLButtonElement>(".listen");
  const press = async (button: HTMLElement): Promise<void> => {
    button.click();
    await settle();
  };
  const making = (): string => one(".making p").textContent ?? "";

  it("are silent until someone wants to hear them, and no recording is fetched before", async () => {
    await show();
    expect([playing(), listen().textContent, server.asked]).toEqual([null, "Listen", ["POST /synthesis", expect.stringContaining("/peaks")]]);
  });

  it("begin with the recording, which can be heard while the sound is made", async () => {
    answer = () => job("queued", { position: 2 });
    await show();
    expect([rung("recording").ariaPressed, making()]).toEqual(["true", "Queued: 2nd in line"]);
    await press(listen());
    expect([playing(), listen().textContent]).toEqual(["/gallery/r1/audio", "Pause"]);
    Stream.last.send("progress", job("running", { percent: 40 }));
    expect([making(), texts("small", rung("synthesised"))]).toEqual(["Rendering, 40\u00a0%", ["Rendering, 40\u00a0%"]]);
    Stream.last.send("end", job("done"));
    await settle();
    expect([rung("synthesised").dataset["stage"], playing()]).toEqual(["done", "/gallery/r1/audio"]);
  });

  it("go on to the sound that was made, where nobody listens yet", async () => {
    await show();
    expect([rung("synthesised").ariaPressed, texts("small", rung("synthesised"))]).toEqual(["true", ["Ready, by Foley"]]);
    expect([audio().getAttribute("src"), one(".making").hidden]).toEqual(["/synthesis/j1/audio", true]);
    await press(listen());
    expect(playing()).toBe("/synthesis/j1/audio");
    await press(listen());
    expect([playing(), listen().textContent]).toEqual([null, "Listen"]);
  });

  it("are switched while they play", async () => {
    await show();
    await press(listen());
    await press(rung("recording"));
    expect([playing(), rung("recording").ariaPressed]).toEqual(["/gallery/r1/audio", "true"]);
  });

  it("are asked for with all that is known of the place, and the download follows what is heard", async () => {
    await show([FOLEY], heard(), { month: 7, hour: 5 });
    expect(asked).toEqual([{ caption: "waves break on a beach", ...BEACH, month: 7, hour: 5, engine: "foley", loop: false }]);
    const download = one<HTMLAnchorElement>("a[download]");
    expect(download.getAttribute("href")).toBe("/synthesis/j1/audio");
    await press(rung("recording"));
    expect(download.getAttribute("href")).toBe("/gallery/r1/audio");
  });

  it("can be called off on their way, and made after all", async () => {
    answer = () => job("queued", { position: 1 });
    await show();
    await press(buttonNamed("Cancel"));
    expect([making(), rung("synthesised").dataset["stage"]]).toEqual(["Cancelled", "cancelled"]);
    expect(server.asked).toContain("DELETE /synthesis/j1");
    await press(buttonNamed("Make it after all"));
    expect(making()).toBe("Queued: 1st in line");
  });

  it("that fail say why in the server's words, and can be tried again", async () => {
    const words = "512 sounds wait to be rendered already.";
    answer = () => refusal("Too many requests at once", words, 503, 1);
    await show();
    expect([making(), rung("synthesised").dataset["stage"]]).toEqual([`Too many requests at once. ${words}`, "failed"]);
    answer = () => job("done");
    await press(buttonNamed("Try again"));
    expect(rung("synthesised").dataset["stage"]).toBe("done");
  });

  it("of a place that was left are told of no more", async () => {
    const late = new Later<unknown>();
    answer = () => late.value;
    await show();
    answer = () => job("queued", { id: "j2", position: 3 });
    await show([FOLEY], heard({ point: { lat: 1, lon: 1 } } as Partial<Soundscape>));
    late.give(job("done"));
    await settle();
    expect([making(), audio().getAttribute("src")]).toEqual(["Queued: 3rd in line", "/gallery/r1/audio"]);
  });

  it("of a slow engine are made when the person says so, and played as soon as they are there", async () => {
    const slow = { ...TANGOFLUX, available: true, default: true };
    await show([slow]);
    expect([asked.length, buttonNamed("Make it with TangoFlux · about 11\u00a0min on this server").hidden]).toEqual([0, false]);
    const made = new Later<unknown>();
    answer = () => made.value;
    await press(rung("synthesised"));
    await press(listen());
    expect([listen().textContent, asked.length]).toEqual(["Coming…", 1]);
    made.give(job("done", { engine: "tangoflux" }));
    await settle();
    expect(playing()).toBe("/synthesis/j1/audio");
  });

  it("of an engine that turns out to be quick are begun by themselves", async () => {
    await show([{ ...FOLEY, seconds_per_10s: 90 }]);
    expect(asked).toEqual([]);
    ladder.offer([FOLEY]);
    await settle();
    expect([asked.length, rung("synthesised").dataset["stage"]]).toEqual([1, "done"]);
  });

  it("are made anew by another engine that is chosen, which is remembered", async () => {
    await show([FOLEY, { ...TANGOFLUX, available: true, seconds_per_10s: 1 }]);
    answer = () => job("done", { id: "j2", engine: "tangoflux" });
    check(one<HTMLInputElement>("[value=tangoflux]"));
    await settle();
    expect([asked.at(-1)?.["engine"], texts("small", rung("synthesised"))]).toEqual(["tangoflux", ["Ready, by TangoFlux"]]);
    await show([FOLEY, { ...TANGOFLUX, available: true, seconds_per_10s: 1 }]);
    expect(asked.at(-1)?.["engine"]).toBe("tangoflux");
  });

  it("go on as those of another hour while they play", async () => {
    await show();
    await press(listen());
    answer = () => job("done", { id: "j2" });
    await show([FOLEY], heard(), { month: null, hour: 2 });
    expect([playing(), rung("synthesised").ariaPressed]).toEqual(["/synthesis/j2/audio", "true"]);
  });

  it("are begun to be played from outside, with the button that stops them under the person's hands", async () => {
    await show();
    ladder.play();
    await settle();
    expect([playing(), document.activeElement]).toEqual(["/synthesis/j1/audio", listen()]);
  });

  it("are repeated: the made one is asked for anew so that it closes, a recording as it is", async () => {
    await show();
    await press(rung("recording"));
    answer = () => job("done", { id: "j2", loop: true });
    await press(buttonNamed("Loop"));
    expect([audio().loop, buttonNamed("Loop").ariaPressed, asked.at(-1)?.["loop"]]).toEqual([true, "true", true]);
    await press(listen());
    expect([playing(), audio().volume]).toEqual(["/gallery/r1/audio", 1]);
    await press(rung("synthesised"));
    expect(playing()).toBe("/synthesis/j2/audio");
  });

  it("that are none leave nothing to press", async () => {
    await show([], heard({ recordings: [] }));
    expect([listen().disabled, rung("recording").disabled, texts("small", rung("synthesised"))]).toEqual([true, true, ["No engine is ready"]]);
    expect(one("a[download]").hidden).toBe(true);
  });
});
