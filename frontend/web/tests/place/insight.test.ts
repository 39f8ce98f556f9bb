// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { AttentionOverlay } from "../../src/map/attention";
import { Insight } from "../../src/place/insight";
import type { Question } from "../../src/server/question";
import { BEACH, heard } from "../answers";
import { closeDocument, one, openDocument, texts } from "../document";
import { refusal, Server } from "../server";

const PLACE: Question = { ...BEACH, scale: 1, imagery: "null-island", month: null, hour: null };
const BOUNDS = [0.24, 0.94, 0.26, 0.97];

describe("what explains a card", () => {
  const overlay = { show: vi.fn(), hide: vi.fn() };
  const onPin = vi.fn();
  let place: Question | null;
  let server: Server;
  let insight: Insight;

  beforeEach(() => {
    vi.useFakeTimers();
    openDocument();
    vi.clearAllMocks();
    place = PLACE;
    server = new Server({ "/attention": ({ search }) => ({ png: `/attention.png${search}`, bounds: BOUNDS }) });
    insight = new Insight(overlay as unknown as AttentionOverlay, { question: () => place, onConcept: vi.fn(), onPin });
    const chip = document.createElement("button");
    chip.className = "chip";
    one("#card").replaceChildren(chip, insight.text("by the sea"), insight.concepts(heard()) ?? "");
  });

  afterEach(() => {
    vi.useRealTimers();
    closeDocument();
  });

  const word = (): HTMLElement => one(".word");
  const surf = (): HTMLButtonElement => document.querySelectorAll<HTMLButtonElement>(".concept-chips button")[0]!;
  const point = (element: HTMLElement, sign: string): boolean =>
    element.dispatchEvent(new PointerEvent(sign, { pointerType: "mouse" }));
  const soon = (): Promise<unknown> => vi.advanceTimersByTimeAsync(100);

  it("has the words that say something as words, and the concepts by name and weight", () => {
    expect(insight.text("the sea by a small beach").querySelectorAll(".word")).toHaveLength(3);
    expect(texts(".concept-chips button")).toEqual(["surf 50%", "Concept 9 25%"]);
    expect(insight.concepts(heard({ concepts: [] }))).toBeNull();
  });

  it("lets a word glow on the map and on the chip while it is pointed at", async () => {
    point(word(), "pointerenter");
    await soon();
    expect(server.askedFor("/attention")[0]).toContain("q=by+the+sea&words=sea");
    expect(overlay.show).toHaveBeenCalledWith(expect.stringContaining("/attention.png"), BOUNDS);
    expect(one<HTMLImageElement>(".chip > .chip-glow").src).toContain("/attention.png");
    point(word(), "pointerleave");
    expect([overlay.hide.mock.calls.length, texts(".chip-glow")]).toEqual([1, []]);
  });

  it("asks for nothing when a pointer only passes, and but once for the same", async () => {
    point(word(), "pointerenter");
    point(word(), "pointerleave");
    await soon();
    expect(server.asked).toEqual([]);
    for (let i = 0; i < 2; i++) {
      point(word(), "pointerenter");
      await soon();
      point(word(), "pointerleave");
    }
    expect([server.asked.length, overlay.show.mock.calls.length]).toEqual([1, 2]);
  });

  it("lets a concept that is pressed go on glowing until it is pressed again", async () => {
    surf().click();
    await soon();
    expect([surf().ariaPressed, onPin.mock.calls.length, overlay.show.mock.calls.length]).toEqual(["true", 1, 1]);
    expect(server.asked[0]).toContain("concept=7");
    surf().dispatchEvent(new Event("blur"));
    await soon();
    expect(overlay.hide).not.toHaveBeenCalled();
    surf().click();
    expect([surf().ariaPressed, overlay.hide.mock.calls.length]).toEqual(["false", 1]);
  });

  it("goes back to what was pressed after something else was pointed at", async () => {
    surf().click();
    point(word(), "pointerenter");
    await soon();
    point(word(), "pointerleave");
    await soon();
    expect(overlay.show.mock.calls.at(-1)?.[0]).toContain("concept=7");
  });

  it("has one thing pressed at a time, and nothing at another place", async () => {
    const other = document.querySelectorAll<HTMLButtonElement>(".concept-chips button")[1]!;
    surf().click();
    other.click();
    expect([surf().ariaPressed, other.ariaPressed]).toEqual(["false", "true"]);
    insight.reset();
    await soon();
    expect([other.ariaPressed, texts(".chip-glow")]).toEqual(["false", []]);
  });

  it("tells in the server's own words what it refuses", async () => {
    server.answers["/attention"] = () => refusal("Unknown concept", "there is none", 404);
    surf().click();
    await soon();
    expect(texts(".glow-words")).toEqual(["Unknown concept. there is none"]);
    expect(overlay.show).not.toHaveBeenCalled();
  });

  it("does nothing where there is no place", async () => {
    place = null;
    surf().click();
    await soon();
    expect(server.asked).toEqual([]);
  });
});
