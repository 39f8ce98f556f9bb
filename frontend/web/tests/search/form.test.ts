// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { SearchForm } from "../../src/search/form";
import { ISLAND } from "../answers";
import { buttonNamed, choose, closeDocument, one, openDocument, settle, texts } from "../document";

const WAVES = { text: "waves", minus: "", id: null, region: null };

describe("the form of the search", () => {
  const events = { onSearch: vi.fn(), onClear: vi.fn() };
  let form: SearchForm;

  beforeEach(() => {
    openDocument();
    vi.clearAllMocks();
    form = new SearchForm(events);
  });

  afterEach(closeDocument);

  const text = (): HTMLInputElement => one<HTMLInputElement>("#search-text");
  const words = (): string => one("#search-words").textContent ?? "";
  const asked = (): unknown[] => events.onSearch.mock.calls.at(-1) ?? [];
  const send = (typed: string): void => {
    text().value = typed;
    buttonNamed("Search").click();
  };
  const take = async (file: File): Promise<void> => {
    const upload = one<HTMLInputElement>("#search-upload");
    Object.defineProperty(upload, "files", { value: [file], configurable: true });
    upload.dispatchEvent(new Event("change"));
    await settle();
  };
  const surf = new File(["..."], "surf.wav", { type: "audio/wav" });

  it("sends the words that are typed", () => {
    send("  waves ");
    expect(asked()).toEqual([WAVES, null]);
  });

  it("answers an empty search beside the field, which gets the focus", () => {
    send("  ");
    expect([words(), document.activeElement]).toEqual(["Type a sound, record one, or choose a sound file.", text()]);
    expect([text().getAttribute("aria-invalid"), events.onSearch.mock.calls]).toEqual(["true", []]);
  });

  it("sends an example that is chosen", () => {
    buttonNamed("heavy city traffic").click();
    expect([text().value, asked()]).toEqual(["heavy city traffic", [{ ...WAVES, text: "heavy city traffic" }, null]]);
  });

  it("takes the sound that places are to be less like, as long as its field is open", () => {
    buttonNamed("Less like…").click();
    expect([document.activeElement, buttonNamed("Less like…").ariaExpanded]).toEqual([one("#search-minus"), "true"]);
    one<HTMLInputElement>("#search-minus").value = "rain";
    send("waves");
    expect(asked()).toEqual([{ ...WAVES, minus: "rain" }, null]);
    buttonNamed("Less like…").click();
    send("waves");
    expect(asked()).toEqual([WAVES, null]);
  });

  it("shows the search that an address names, and clears it", () => {
    form.fill({ ...WAVES, minus: "rain" });
    expect([text().value, one("#search-less").hidden, one("#search-clear").hidden]).toEqual(["waves", false, false]);
    buttonNamed("Clear").click();
    expect(events.onClear).toHaveBeenCalledOnce();
    form.fill(null);
    expect([text().value, one("#search-less").hidden, one("#search-clear").hidden]).toEqual(["", true, true]);
  });

  it("sends a sound file at once, and again with the words that are added", async () => {
    await take(surf);
    expect(asked()).toEqual([{ ...WAVES, text: "" }, surf]);
    expect([one("#search-token-name").textContent, text().placeholder]).toEqual(["surf.wav", "Add words to it"]);
    send("at night");
    expect(asked()).toEqual([{ ...WAVES, text: "at night" }, surf]);
    buttonNamed("Search without the recording").click();
    expect([one("#search-token").hidden, document.activeElement]).toEqual([true, text()]);
  });

  it("adds no words to a recording that only the server has", () => {
    form.fill({ ...WAVES, text: "", id: "q7" });
    send("");
    expect(asked()).toEqual([{ ...WAVES, text: "", id: "q7" }, null]);
    send("at night");
    expect([events.onSearch.mock.calls.length, words()]).toEqual([1, expect.stringContaining("recording at hand")]);
  });

  it("is told kindly of a microphone that stays closed", async () => {
    vi.stubGlobal("MediaRecorder", class {});
    const getUserMedia = (): Promise<never> => Promise.reject(new DOMException("no", "NotAllowedError"));
    vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
    one("#search-record").click();
    expect(texts("#search-record-words")).toEqual(["Waiting for the microphone"]);
    await settle();
    expect(words()).toMatch(/^The microphone stayed closed\..*choose a sound file\.$/);
    expect([texts("#search-record-words"), one("#search-record").ariaPressed]).toEqual([["Record a sound"], "false"]);
  });

  it("tells of a dropped file that holds no sound", () => {
    const drop = Object.assign(new Event("drop", { cancelable: true }), { dataTransfer: { files: [new File([], "a.txt")] } });
    window.dispatchEvent(drop);
    expect([words(), drop.defaultPrevented]).toEqual([expect.stringContaining("That is no sound file"), true]);
  });

  it("offers the regions where there is more than one, and searches the one that is chosen", () => {
    form.offerRegions([ISLAND], null);
    expect(one("#search-in").hidden).toBe(true);
    form.offerRegions([ISLAND, { ...ISLAND, name: "iceland", title: "Iceland" }], null);
    expect([one("#search-in").hidden, texts("#search-regions option")]).toEqual([false, ["Null Island", "Iceland"]]);
    form.fill(WAVES);
    choose(one<HTMLSelectElement>("#search-regions"), "iceland");
    expect(asked()).toEqual([{ ...WAVES, region: "iceland" }, null]);
  });

  it("shows whether an answer is awaited", () => {
    form.setBusy(true);
    expect(one("#search").ariaBusy).toBe("true");
  });
});
