import { describe, expect, it } from "vitest";

import { checkpointWords, unreadWords } from "../src/remark";

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
});
