import { describe, expect, it } from "vitest";

import {
  confidenceWords,
  engineWords,
  formatArea,
  formatClock,
  formatDuration,
  formatEstimate,
  formatLength,
  formatOrdinal,
  formatPercentile,
  formatPoint,
  formatScore,
  scoreShare,
  wordsOf,
} from "../../src/kit/format";

describe("a score", () => {
  it("has two decimals and a true minus sign", () => {
    expect([0.414, -0.07, 1].map(formatScore)).toEqual(["0.41", "−0.07", "1.00"]);
  });

  it("is never minus zero", () => expect(formatScore(-0.001)).toBe("0.00"));

  it("fills its bar from nothing to all, and not beyond", () => {
    expect([-0.3, 0.25, 1.2, NaN].map(scoreShare)).toEqual([0, 0.25, 1, 0]);
  });
});

describe("words for numbers", () => {
  it("grow surer with confidence", () => {
    expect([0.9, 0.6, 0.4, 0.1].map(confidenceWords)).toEqual(["Very sure", "Fairly sure", "Unsure", "Only a guess"]);
  });

  it("name hemispheres and lengths", () => {
    expect(formatPoint(-33.8916, 151.2767).replaceAll("\u00a0", " ")).toBe("33.89160° S, 151.27670° E");
    expect([153.6, 7680].map(formatLength)).toEqual(["154 m", "7.7 km"]);
  });

  it("are as precise as they need to be", () => {
    expect(formatPoint(0.95905, -0.2531, 3).replaceAll("\u00a0", " ")).toBe("0.959° N, 0.253° W");
    expect([0.42, 9.96, 1234.5].map((km2) => formatArea(km2).replace("\u00a0", " "))).toEqual(["0.4 km²", "10.0 km²", "1,235 km²"]);
    expect([3.2, 89.5, 100].map((s) => formatDuration(s).replace("\u00a0", " "))).toEqual(["4 s", "90 s", "2 min"]);
    expect([0, 98.76, 99.99, 100].map(formatPercentile)).toEqual(["0.0", "98.7", "99.9", "100.0"]);
  });

  it("introduce a known engine and name an unknown one", () => {
    expect(engineWords("foley")).toBe("Foley, a procedural synthesizer");
    expect(engineWords("other")).toBe("other");
  });
});

describe("time", () => {
  it("in a sound is told as a clock does", () => expect([0, 9.999, 61].map(formatClock)).toEqual(["0:00", "0:09", "1:01"]));

  it("that something takes is told as roughly as it is known", () => {
    expect([0.2, 3.2, 660].map(formatEstimate)).toEqual([
      "Under a second on this server",
      "About 4\u00a0s on this server",
      "About 11\u00a0min on this server",
    ]);
  });
});

describe("a place in a queue", () => {
  it("has the ending it is spoken with", () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 112, 101].map(formatOrdinal)).toEqual([
      "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th", "101st",
    ]);
  });
});

describe("a text", () => {
  it("is cut into the words that say what is heard and what stands between them, with nothing lost", () => {
    const text = "Gulls' cries – a ship's horn, 3 well-worn ropes.";
    const parts = wordsOf(text);
    expect(parts.map((part) => part.text).join("")).toBe(text);
    const words = parts.filter(({ isWord }) => isWord).map((part) => part.text);
    expect(words).toEqual(["Gulls", "cries", "ship's", "horn", "3", "well-worn", "ropes"]);
  });
});
