import { afterEach, describe, expect, it, vi } from "vitest";

import { attention, concept, concepts, conceptWords, why } from "../../src/server/explain";

const PLACE = { lat: 1, lon: 2, scale: 1, imagery: "null-island", month: null, hour: null };
const WHERE = "lat=1&lon=2&scale=1&imagery=null-island";

describe("what explains an answer", () => {
  const asked: string[] = [];
  afterEach(() => {
    vi.unstubAllGlobals();
    asked.length = 0;
  });

  /** Notes what is asked. */
  function server(): void {
    vi.stubGlobal("fetch", (url: string) => (asked.push(url), Promise.resolve(new Response("{}"))));
  }

  it("is asked of the patches by words or by a concept", async () => {
    server();
    await attention(PLACE, { text: "surf, gulls", words: ["surf", "gulls"] });
    await attention(PLACE, { text: "surf", words: [] });
    await attention(PLACE, { concept: 7 });
    expect(asked).toEqual([
      `/attention?${WHERE}&q=surf%2C+gulls&words=surf%2Cgulls`,
      `/attention?${WHERE}&q=surf`,
      `/attention?${WHERE}&concept=7`,
    ]);
  });

  it("is asked of an entry, of the codebook and of one concept", async () => {
    server();
    await why(PLACE, "c1");
    await concepts(1000, 500);
    await concept(7);
    expect(asked).toEqual([`/soundscape/why?${WHERE}&entry=c1`, "/concepts?offset=1000&limit=500", "/concepts/7"]);
  });

  it("names a concept, and one without a name by its number", () => {
    expect(conceptWords({ id: 7, name: "surf" })).toBe("surf");
    expect(conceptWords({ id: 7, name: null })).toBe("Concept 7");
  });
});
