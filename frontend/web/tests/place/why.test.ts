// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";

import { Insight, type InsightEvents } from "../../src/place/insight";
import { rowsOf, signed, whyPart } from "../../src/place/why";
import type { Why } from "../../src/server/explain";
import { BEACH } from "../answers";
import { buttonNamed, closeDocument, one, openDocument, settle, texts } from "../document";
import { refusal, Server } from "../server";

describe("why an entry has its score", () => {
  const concepts = Array.from({ length: 20 }, (_, i) => ({
    id: i,
    name: i === 0 ? "surf" : null,
    place: 0.1,
    entry: 0.2,
    contribution: (i % 2 === 0 ? 1 : -1) / (i + 2),
  }));
  const rest = 0.0123;
  const score = concepts.reduce((sum, { contribution }) => sum + contribution, rest);
  const why: Why = { entry: { id: "c1", kind: "caption", text: "" }, score, concepts, rest, shared: 20 };

  it("is shown in shares that sum to the score", () => {
    const rows = rowsOf(why);
    expect(rows.length).toBeLessThan(12);
    expect(rows.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(score, 10);
  });

  it("names concepts, and those without a name by their number", () => {
    expect(rowsOf(why).slice(0, 2).map(({ words }) => words)).toEqual(["surf", "Concept 1"]);
  });

  it("is told with a true minus sign, and never as minus nothing", () => {
    expect([0.4, -0.0312, -0.0001].map(signed)).toEqual(["0.400", "−0.031", "0.000"]);
  });
});

describe("an explanation", () => {
  const why = {
    entry: { id: "c1", kind: "caption", text: "" },
    score: 0.5,
    concepts: [{ id: 7, name: "surf", place: 0.4, entry: 0.6, contribution: 0.45 }],
    rest: 0.05,
    shared: 1,
  };
  const events: InsightEvents = {
    question: () => ({ ...BEACH, scale: 1, imagery: "null-island", month: null, hour: null }),
    onConcept: vi.fn(),
    onPin: () => undefined,
  };

  function open(caption: string | null): HTMLElement {
    openDocument();
    const insight = new Insight({ show: () => undefined, hide: () => undefined } as never, events);
    const part = whyPart("c1", caption, insight);
    document.body.append(part);
    return part;
  }

  afterEach(closeDocument);

  it("opens with the shares that sum to the score, and with the words to look for", async () => {
    const part = open("waves on a beach");
    new Server({ "/soundscape/why": () => why });
    const toggle = buttonNamed("Why this caption?", part);
    toggle.click();
    expect(toggle.ariaExpanded).toBe("true");
    expect(texts("[role=status]", part)).toEqual(["Weighing the concepts…"]);
    await settle();
    expect(texts(".why-rows .score", part)).toEqual(["0.450", "0.050"]);
    expect(texts(".why-sum strong", part)).toEqual(["0.500"]);
    expect(texts(".tool-facts", part)).toEqual(["1 concept weighs in both the place and the caption."]);
    expect(texts(".concept-chips button", part)).toEqual(["The whole caption", "waves", "beach"]);
    buttonNamed("More of surf", part).click();
    expect(events.onConcept).toHaveBeenCalledWith(7);
    toggle.click();
    expect([one(".why-body", part).hidden, toggle.ariaExpanded]).toEqual([true, "false"]);
  });

  it("of a recording has no words to look for", async () => {
    const part = open(null);
    new Server({ "/soundscape/why": () => ({ ...why, shared: 3, entry: { ...why.entry, kind: "recording" } }) });
    buttonNamed("Why this recording?", part).click();
    await settle();
    expect(texts(".tool-facts", part)).toEqual(["3 concepts weigh in both the place and the recording."]);
    expect(texts(".concept-chips", part)).toEqual([]);
  });

  it("that is refused says why, and can be asked for again", async () => {
    const part = open("waves");
    const server = new Server({ "/soundscape/why": () => refusal("Busy", "for now", 503, 1) });
    buttonNamed("Why this caption?", part).click();
    await settle();
    expect(texts("[role=alert]", part)).toEqual(["Busy. for now"]);
    server.answers["/soundscape/why"] = () => why;
    buttonNamed("Try again", part).click();
    await settle();
    expect(texts(".why-sum strong", part)).toEqual(["0.500"]);
  });
});
