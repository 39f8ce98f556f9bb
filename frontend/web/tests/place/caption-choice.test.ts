import { describe, expect, it } from "vitest";

import { choiceWords } from "../../src/place/caption-choice";

const LLAVA = { name: "llava", available: true, needs: "", licence: "Llama 2 Community License", prompt: "" };

describe("the choice of a caption", () => {
  it("says that one is being written as long as the nearest is shown", () => {
    expect(choiceWords("retrieval", "generate", LLAVA)).toContain("LLaVA writes a caption");
  });

  it("says who wrote it, and under which licence", () => {
    expect(choiceWords("generation", "generate", LLAVA)).toBe("Written by LLaVA. Llama 2 Community License.");
  });

  it("says nothing of the nearest", () => expect(choiceWords("retrieval", "retrieve", LLAVA)).toBe(""));
});
