// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { chosenEngine, EngineChoice, engineTerms, isQuick, keepEngine, lastEngine, watchEngines } from "../../src/sound/engines";
import { capabilities } from "../capabilities";
import { check, closeDocument, one, openDocument, texts } from "../document";
import { Server } from "../server";
import { FOLEY, TANGOFLUX } from "./some-engines";

describe("the engine to begin with", () => {
  it("is the one chosen last", () => expect(chosenEngine([FOLEY, TANGOFLUX], "tangoflux")).toBe(TANGOFLUX));

  it("is the server's own choice when none was, or that one is not there any more", () => {
    expect(chosenEngine([TANGOFLUX, FOLEY], null)).toBe(FOLEY);
    expect(chosenEngine([{ ...TANGOFLUX, available: false }, FOLEY], "tangoflux")).toBe(FOLEY);
    expect(chosenEngine([], "tangoflux")).toBeNull();
  });
});

describe("before anyone waits", () => {
  it("each engine says how long it takes, or what it needs", () => {
    expect(engineTerms(FOLEY)).toBe("Under a second on this server");
    expect(engineTerms(TANGOFLUX)).toBe("About 11\u00a0min on this server");
    expect(engineTerms({ ...FOLEY, seconds_per_10s: null })).toContain("being measured");
    expect(engineTerms({ ...TANGOFLUX, available: false })).toContain("earshot pull tangoflux");
  });

  it("only what is quick is begun without being told to", () => {
    expect(isQuick(FOLEY)).toBe(true);
    expect(isQuick(TANGOFLUX)).toBe(false);
    expect(isQuick({ ...FOLEY, seconds_per_10s: null })).toBe(true);
    expect(isQuick({ ...TANGOFLUX, seconds_per_10s: null })).toBe(false);
  });
});

describe("the choice of an engine", () => {
  const onChoose = vi.fn();
  let choice: EngineChoice;

  beforeEach(() => {
    openDocument();
    onChoose.mockReset();
    choice = new EngineChoice(onChoose);
    document.body.replaceChildren(choice.element);
  });

  afterEach(closeDocument);

  it("says of each what it takes, and what its licence wants said", () => {
    choice.offer([FOLEY, { ...TANGOFLUX, available: false, licence: "non-commercial" }], FOLEY);
    expect(texts(".engine-terms")).toEqual(["Under a second on this server", "Not installed: it needs its weights: run earshot pull tangoflux"]);
    expect([texts("code"), texts(".engine-licence")]).toEqual([["earshot pull tangoflux"], ["Powered by Stability AI. non-commercial."]]);
    expect(one<HTMLInputElement>("[value=foley]").checked).toBe(true);
    expect(one<HTMLInputElement>("[value=tangoflux]").disabled).toBe(true);
  });

  it("is told of, and keeps the focus when the engines are known anew", () => {
    choice.offer([FOLEY, TANGOFLUX], FOLEY);
    const tango = one<HTMLInputElement>("[value=tangoflux]");
    tango.focus();
    check(tango);
    expect(onChoose).toHaveBeenCalledWith(TANGOFLUX);
    choice.offer([FOLEY, { ...TANGOFLUX, seconds_per_10s: 5 }], TANGOFLUX);
    expect(document.activeElement).toBe(one("[value=tangoflux]"));
  });

  it("is remembered in this browser", () => {
    expect(lastEngine()).toBeNull();
    keepEngine("tangoflux");
    expect(lastEngine()).toBe("tangoflux");
  });

  it("is looked at again until every engine that can be used was measured", async () => {
    vi.useFakeTimers();
    try {
      let seconds: number | null = null;
      const server = new Server({ "/capabilities": () => capabilities({ engines: [{ ...FOLEY, seconds_per_10s: seconds }] }) });
      const seen: unknown[] = [];
      const watched = watchEngines(({ engines }) => seen.push(engines[0]?.seconds_per_10s), new AbortController().signal);
      await vi.advanceTimersByTimeAsync(0);
      seconds = 2;
      await vi.advanceTimersByTimeAsync(4000);
      await watched;
      expect([seen, server.asked.length]).toEqual([[null, 2], 2]);
    } finally {
      vi.useRealTimers();
    }
  });
});
