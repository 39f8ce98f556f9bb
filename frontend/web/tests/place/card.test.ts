// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { type Around, Card, type CardEvents } from "../../src/place/card";
import { Insight } from "../../src/place/insight";
import { ANY_TIME } from "../../src/server/question";
import { heard, job } from "../answers";
import { buttonNamed, check, closeDocument, one, openDocument, settle, texts } from "../document";
import { Server } from "../server";
import { FOLEY } from "../sound/some-engines";

const AROUND: Around = {
  when: ANY_TIME,
  caption: "retrieve",
  captioner: null,
  scales: [1, 3],
  span: (scale) => 150 * scale,
  engines: [FOLEY],
};

describe("the card", () => {
  const events: CardEvents = { onScale: vi.fn(), onCaption: vi.fn(), onShowFootprint: vi.fn() };
  let card: Card;
  let server: Server;

  beforeEach(() => {
    openDocument();
    vi.clearAllMocks();
    server = new Server({
      "POST /synthesis": () => job("done"),
      "/gallery/r1/audio": () => new Response("", { status: 206 }),
      "/gallery/r2/audio": () => new Response("", { status: 206 }),
    });
    const insight = new Insight({ show: () => undefined, hide: () => undefined } as never, {
      question: () => null,
      onConcept: () => undefined,
      onPin: () => undefined,
    });
    card = new Card(one("#card"), insight, events);
  });

  afterEach(closeDocument);

  it("shows the image, the caption, how sure it is, and what came close with its scores", () => {
    card.show(heard(), AROUND);
    expect(one<HTMLImageElement>(".chip img").alt).toBe("The place from above, 150 m across");
    expect(texts(".coordinates")).toEqual(["0.95905°\u00a0N, 0.25310°\u00a0E"]);
    expect(texts(".headline h2")).toEqual(["Waves break on a beach"]);
    expect(texts(".confidence")).toEqual(["Very sure · 0.90"]);
    expect(texts(".matches:not(.recordings) > li > .score")).toEqual(["0.61", "0.42", "−0.10"]);
    expect(texts(".recordings > li")).toHaveLength(2);
    expect(texts(".model")).toEqual(["Heard by the checkpoint “tiny” (0123456789abcdef).", "Imagery: Null Island."]);
  });

  it("says plainly when no caption comes close, and what the server notes", () => {
    card.show(heard({ captions: [], confidence: null, notes: ["the month changes only the sound"] }), AROUND);
    expect(texts(".headline > *")).toEqual(["No caption comes close", "Confidence unknown"]);
    expect(texts(".notes li")).toEqual(["The month changes only the sound"]);
  });

  it("offers the scales by how much ground they span", () => {
    card.show(heard(), AROUND);
    expect(texts(".scales label")).toEqual(["150 m", "450 m"]);
    check(one<HTMLInputElement>(".scales [value='3']"));
    expect(events.onScale).toHaveBeenCalledWith(3);
    one(".chip").click();
    expect(events.onShowFootprint).toHaveBeenCalledOnce();
  });

  it("fetches no sound before it is asked for, and says of each recording what a press does", async () => {
    card.show(heard(), AROUND);
    await settle();
    expect(server.asked.filter((path) => path.endsWith("/audio"))).toEqual([]);
    const gulls = (): HTMLButtonElement => document.querySelectorAll<HTMLButtonElement>(".play")[1]!;
    expect(gulls().getAttribute("aria-label")).toBe("Play: gulls");
    gulls().click();
    await settle();
    expect(gulls().getAttribute("aria-label")).toBe("Pause: gulls");
    expect(one<HTMLAudioElement>("audio").getAttribute("src")).toBe("/gallery/r2/audio");
  });

  it("leaves the focus on the choice whose answer takes its place", () => {
    card.show(heard(), AROUND);
    one<HTMLInputElement>(".scales [value='3']").checked = true;
    one(".scales [value='3']").focus();
    card.show(heard({ scale: 3 }), AROUND);
    expect(document.activeElement).toBe(one(".scales [value='3']"));
  });

  it("that is taken away is silent, and leaves the time to the tools", async () => {
    card.show(heard(), AROUND);
    buttonNamed("Listen").click();
    await settle();
    card.hide();
    expect([one("#card").hidden, one("#card").contains(one("#when"))]).toEqual([true, false]);
    expect(document.querySelector("audio")?.paused).toBe(true);
  });

  it.each([
    [() => Promise.resolve(), "Link copied"],
    [() => Promise.reject(new Error("no")), "Copy it from the address bar"],
  ])("says whether its link was copied (%#)", async (writeText, words) => {
    vi.stubGlobal("navigator", { clipboard: { writeText } });
    card.show(heard(), AROUND);
    buttonNamed("Copy a link to this").click();
    await settle();
    expect(texts("footer button").at(-1)).toBe(words);
  });
});
