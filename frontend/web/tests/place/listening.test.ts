import { describe, expect, it } from "vitest";

import { effect } from "../../src/kit/signal";
import { Listening } from "../../src/place/listening";
import { CLOCK, capabilities } from "../capabilities";

function listening(change: Parameters<typeof capabilities>[0] = {}): Listening {
  const made = new Listening();
  made.told.value = capabilities(change);
  return made;
}

describe("how places are listened to", () => {
  it("is as the server opens until something is chosen", () => {
    const { ear, named, caption, checkpoint } = listening();
    expect(ear.value).toEqual({ scale: 1, imagery: "null-island", month: null, hour: null });
    expect([named, caption.value, checkpoint]).toEqual([null, "retrieve", "01234567"]);
  });

  it("is not known before the server has told", () => {
    const { imagery, ear, checkpoint, span } = new Listening();
    expect([imagery.value, ear.value.imagery, checkpoint, span(1)]).toEqual([null, "auto", null, null]);
  });

  it("takes the imagery that was chosen, and names it in addresses unless the page opens with it", () => {
    const made = listening();
    made.choose({ imagery: "esri" });
    expect([made.ear.value.imagery, made.named]).toEqual(["esri", "esri"]);
    made.choose({ imagery: "null-island" });
    expect(made.named).toBeNull();
    made.choose({ imagery: "nowhere" });
    expect(made.ear.value.imagery).toBe("null-island");
  });

  it("stays within the scales that the checkpoint listens at", () => {
    const made = listening({ scales: [3, 5] });
    expect(made.scale.value).toBe(3);
    made.choose({ scale: 5 });
    expect(made.scale.value).toBe(5);
    made.choose({ scale: 4 });
    expect(made.scale.value).toBe(3);
  });

  it("knows a time only where something here does", () => {
    const made = listening();
    made.choose({ when: { month: 7, hour: 5 } });
    expect(made.when.value).toEqual({ month: null, hour: null });
    made.learnEngines([CLOCK]);
    expect(made.when.value).toEqual({ month: 7, hour: 5 });
  });

  it("retrieves captions where nothing here writes them", () => {
    const made = listening();
    made.choose({ caption: "generate" });
    expect([made.caption.value, made.captioner]).toEqual(["retrieve", null]);
    const captioner = { ...capabilities().captioner, available: true };
    made.told.value = capabilities({ captioner });
    expect([made.caption.value, made.captioner]).toEqual(["generate", captioner]);
  });

  it("spans as much ground as the imagery's pixels at the scale", () => {
    const made = listening();
    expect([made.span(1), made.span(3)]).toEqual([2560, 7680]);
    made.choose({ imagery: "esri" });
    expect(made.span(1)).toBe(128);
  });

  it("tells its followers only of what makes a difference", () => {
    const made = listening();
    const heard: number[] = [];
    effect(() => void heard.push(made.ear.value.scale));
    made.learnEngines([]);
    made.choose({ scale: 1 });
    made.choose({ caption: "generate" });
    expect(heard).toEqual([1]);
    made.choose({ scale: 3 });
    expect(heard).toEqual([1, 3]);
  });
});
