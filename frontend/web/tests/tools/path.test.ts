// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Path } from "../../src/tools/path";
import { BEACH, heardAt } from "../answers";
import { type SomeBench, someBench } from "../bench";
import { buttonNamed, closeDocument, one, openDocument, press, settle, texts } from "../document";
import { refusal, Server } from "../server";
import { stubWebAudio } from "../web-audio";

const SHORE = [BEACH, { lat: 0.9, lon: 0.3 }, { lat: 0.85, lon: 0.35 }];

describe("a path", () => {
  let server: Server;
  let bench: SomeBench;
  let path: Path;

  beforeEach(() => {
    openDocument();
    stubWebAudio();
    server = new Server({ "/soundscape": heardAt, "/soundscape/audio": () => new Response("...") });
    bench = someBench();
    path = new Path(bench);
    one("#tool-body").replaceChildren(path.element);
  });

  const button = (name: string): HTMLButtonElement => buttonNamed(name, one("#tool-body"));

  afterEach(() => {
    path.close();
    closeDocument();
  });

  const open = (points = SHORE): void => path.open({ points, concept: null });
  const rows = (): string[] => texts(".path-points li > span");
  const marks = (): string[] => texts("#map .path-point");
  const listen = (): HTMLButtonElement => button("Listen to the path");
  const audio = (): HTMLAudioElement => one<HTMLAudioElement>("audio");

  it("is drawn with the keyboard alone", () => {
    open([]);
    expect([texts("[role=status]")[0], listen().disabled]).toEqual(["No path yet.", true]);
    for (let count = 0; count < 3; count++) press(one("#map"), "Enter");
    expect([rows().length, marks()]).toEqual([3, ["1", "2", "3"]]);
    press(one("#map"), "Backspace");
    expect([rows().length, listen().disabled]).toEqual([2, false]);
    expect(bench.tell).toHaveBeenLastCalledWith({ points: [expect.anything(), expect.anything()], concept: null });
  });

  it("opens on the points of an address, and says how long it is", () => {
    open();
    expect(rows()).toEqual(["0.959°\u00a0N, 0.253°\u00a0E", "0.900°\u00a0N, 0.300°\u00a0E", "0.850°\u00a0N, 0.350°\u00a0E"]);
    expect(texts(".path > [role=status]")).toEqual(["16.2 km · 7 stops · 35\u00a0s"]);
    expect(document.querySelectorAll("#map .path-line")).toHaveLength(1);
  });

  it("loses the points that are taken back", () => {
    open();
    button("Remove point 1").click();
    expect(rows()[0]).toContain("0.900");
    button("Undo").click();
    expect([rows().length, texts(".path > [role=status]")]).toEqual([1, ["One more place makes a path."]]);
    button("Clear").click();
    expect([rows(), marks(), button("Clear").disabled]).toEqual([[], [], true]);
  });

  it("that is full takes no more and says so", () => {
    open(Array<(typeof SHORE)[0]>(24).fill(BEACH));
    press(one("#map"), "Enter");
    expect([rows().length, texts(".tool-trouble")]).toEqual([24, [expect.stringContaining("The path is full")]]);
  });

  it("is heard as a journey once all its stops are there", async () => {
    open();
    listen().click();
    expect([one("progress").hidden, audio().hidden]).toEqual([false, true]);
    await vi.waitFor(() => expect(audio().hidden).toBe(false));
    expect([server.askedFor("/soundscape").length, server.askedFor("/soundscape/audio").length]).toEqual([7, 1]); // that all sound the same
    expect([audio().src.startsWith("blob:"), audio().paused]).toEqual([true, false]);
    expect([texts(".path-now"), texts(".ear").length]).toEqual([["Waves break on a beach"], 1]);
    audio().pause();
    listen().click();
    await settle();
    expect(server.askedFor("/soundscape")).toHaveLength(7);
  });

  it("that is changed, or listened to in another way, is another journey", async () => {
    open();
    listen().click();
    await vi.waitFor(() => expect(audio().hidden).toBe(false));
    path.refresh();
    expect(audio().hidden).toBe(false);
    bench.ear.value = { ...bench.ear.value, scale: 3 };
    path.refresh();
    expect([audio().hidden, texts(".ear")]).toEqual([true, []]);
  });

  it("whose journey loses the network can be tried again", async () => {
    open();
    server.isAway = true;
    listen().click();
    await vi.waitFor(() => expect(texts(".tool-trouble").join()).toContain("cannot be reached"));
    server.isAway = false;
    button("Try again").click();
    await vi.waitFor(() => expect(audio().hidden).toBe(false));
  });

  it("names the stop that cannot be heard", async () => {
    open();
    server.answers["/soundscape"] = () => refusal("No imagery", "there is none", 404);
    listen().click();
    await vi.waitFor(() => expect(texts(".tool-trouble").join()).toBe("No imagery. Stop 1 at 0.959°\u00a0N, 0.253°\u00a0E: there is none"));
    expect(button("Try again").hidden).toBe(true);
  });

  it("is saved as one file named for where it begins", async () => {
    open();
    const saved: string[] = [];
    vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) {
      saved.push(this.download);
    });
    button("Save as one file").click();
    await vi.waitFor(() => expect(saved).toEqual(["earshot_path_0.959_0.253.wav"]));
    expect(audio().paused).toBe(true);
  });
});
