import { describe, expect, it } from "vitest";

import { checkpointWords, remarksOn, unreadWords } from "../../src/place/remark";
import type { Imagery } from "../../src/server/api";
import { NOWHERE } from "../nowhere";

const server = {
  checkpoint: { name: "a", hash: "b", config: {}, precision: "float32" as const },
  captioner: { name: "llava", available: false, needs: "its weights", licence: "", prompt: "" },
  scales: [1, 3],
  imagery: [{ name: "esri" } as Imagery],
};

describe("a remark about a link", () => {
  it("names what could not be read", () => {
    expect(unreadWords([], false)).toBeNull();
    expect(unreadWords(["hour"], false)).toContain("the hour is left out. The rest of it is shown.");
    expect(unreadWords(["the place", "month", "path"], true)).toContain("the place, the month and the path are left out.");
  });

  it("says when another checkpoint made it, and is silent when this one did", () => {
    expect(checkpointWords(null, "embedded", "d33236365f")).toBeNull();
    expect(checkpointWords("d3323636", "embedded", "d33236365f")).toBeNull();
    expect(checkpointWords("0a1b2c3d", "embedded", "d33236365f")).toContain("“embedded” (d3323636)");
  });

  it("names a scale and an imagery that this server lacks", () => {
    const place = { lat: 0, lon: 0, scale: 2, zoom: 5, imagery: "moon" };
    const remarks = remarksOn({ ...NOWHERE, place }, [], server, "esri");
    expect(remarks).toHaveLength(2);
    expect(remarks[0]).toContain("scale 2");
    expect(remarks[1]).toContain("“moon”: esri is used");
    expect(remarksOn({ ...NOWHERE, place: { ...place, scale: 3, imagery: "esri" } }, [], server, "esri")).toEqual([]);
  });

  it("says when this server cannot write the caption that it asks for", () => {
    const asked = { ...NOWHERE, caption: "generate" as const };
    expect(remarksOn(asked, [], server, "esri")).toEqual([expect.stringContaining("the nearest caption is shown")]);
    const able = { ...server, captioner: { ...server.captioner, available: true } };
    expect(remarksOn(asked, [], able, "esri")).toEqual([]);
  });
});
