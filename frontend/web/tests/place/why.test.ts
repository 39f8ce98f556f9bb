import { describe, expect, it } from "vitest";

import { rowsOf, signed } from "../../src/place/why";
import type { Why } from "../../src/server/explain";

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
