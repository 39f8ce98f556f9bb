import { describe, expect, it } from "vitest";

import { wordsOf } from "../../src/kit/format";
import { rowsOf, signed } from "../../src/place/why";
import type { Why } from "../../src/server/explain";

describe("a text", () => {
  it("is cut into the words that say what is heard and what stands between them, with nothing lost", () => {
    const text = "Gulls' cries – a ship's horn, 3 well-worn ropes.";
    const parts = wordsOf(text);
    expect(parts.map((part) => part.text).join("")).toBe(text);
    const words = parts.filter(({ isWord }) => isWord).map((part) => part.text);
    expect(words).toEqual(["Gulls", "cries", "ship's", "horn", "3", "well-worn", "ropes"]);
  });
});

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
