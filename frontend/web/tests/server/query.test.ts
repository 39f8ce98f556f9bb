import { describe, expect, it } from "vitest";

import { formatAddress, parseAddress } from "../../src/kit/permalink";
import { queryFrom, queryParameters, queryWords, sameQuery } from "../../src/server/query";
import { NOWHERE } from "../nowhere";

const WORDS = { text: "waves & rocks, 100% #1?", minus: "", id: null, region: null };
const LESS = { text: "waves", minus: "traffic", id: null, region: "oz" };
const RECORDING = { text: "", minus: "rain", id: "r3f9", region: null };
const CONCEPT = { text: "", minus: "", id: null, region: "oz", concept: 27 };
const VIEW = { lat: 0.05, lon: 0.02, scale: 1, zoom: 12, imagery: "xyz:https://tiles/?a={z}" };

describe("a query", () => {
  it.each([WORDS, LESS, RECORDING, CONCEPT])("is read back from its parameters", (query) => {
    expect(queryFrom(queryParameters(query))).toEqual(query);
  });

  it("with a recording goes by its name alone, which stands for its words, too", () => {
    expect(queryParameters({ ...RECORDING, text: "at night" }).toString()).toBe("query=r3f9&minus=rain");
  });

  it.each(["", "q=", "q=++", "minus=rain", "query="])("is not made of %j", (text) => {
    expect(queryFrom(new URLSearchParams(text))).toBeNull();
  });

  it("is told in words", () => {
    expect(queryWords(LESS)).toBe("“waves”, less like “traffic”");
    expect(queryWords({ ...RECORDING, minus: "" })).toBe("the recording");
    expect(queryWords({ ...RECORDING, text: "at night" })).toBe("the recording and “at night”, less like “rain”");
  });

  it("is the same as one that asks for the same", () => {
    expect(sameQuery(RECORDING, { ...RECORDING, text: "named later" })).toBe(true);
    expect(sameQuery(LESS, { ...LESS, minus: "" })).toBe(false);
    expect(sameQuery(null, null)).toBe(true);
    expect(sameQuery(null, LESS)).toBe(false);
  });
});

describe("a permalink with a query", () => {
  it.each([WORDS, LESS, RECORDING, CONCEPT])("reads back place and query", (query) => {
    const { address, unread } = parseAddress(formatAddress({ ...NOWHERE, place: VIEW, query }));
    expect(unread).toEqual([]);
    expect(address).toEqual({ ...NOWHERE, place: VIEW, query });
  });

  it("may name no place", () => {
    const hash = formatAddress({ ...NOWHERE, query: LESS });
    expect(hash).toBe("#?q=waves&minus=traffic&region=oz");
    expect(parseAddress(hash).address).toEqual({ ...NOWHERE, query: LESS });
  });
});
