// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from "vitest";

import { Attempt } from "../../src/kit/attempt";
import { Problem } from "../../src/server/problem";
import { buttonNamed, one, texts } from "../document";
import { Later } from "../server";

describe("a longer piece of work", () => {
  let attempt: Attempt;
  const again = vi.fn();

  beforeEach(() => {
    again.mockReset();
    attempt = new Attempt();
  });

  const bar = (): HTMLProgressElement => one<HTMLProgressElement>("progress", attempt.element);
  const trouble = (): string[] => texts(".tool-trouble", attempt.element);
  const tryAgain = (): HTMLButtonElement => buttonNamed("Try again", attempt.element);

  it("shows how far it is and how to stop it, until it is done", async () => {
    const work = new Later<string>();
    const done = attempt.run((_, tell) => (tell(2, 8), work.value), again);
    expect([attempt.isBusy, bar().hidden, bar().value]).toEqual([true, false, 0.25]);
    expect(texts("[role=status]", attempt.element)).toEqual(["2 of 8 places heard"]);
    work.give("heard");
    expect([await done, attempt.isBusy, bar().hidden]).toEqual(["heard", false, true]);
  });

  it("that fails says why, and can be repeated only where that may help", async () => {
    expect(await attempt.run(() => Promise.reject(new Problem("Gone", "for good", 410, null)), again)).toBeNull();
    expect([trouble(), tryAgain().hidden, bar().hidden]).toEqual([["Gone. for good"], true, true]);
    await attempt.run(() => Promise.reject(new Problem("Busy", "for now", 503, 1)), again);
    expect([trouble(), tryAgain().hidden]).toEqual([["Busy. for now"], false]);
    tryAgain().click();
    expect(again).toHaveBeenCalledOnce();
  });

  it("that is stopped comes to nothing", async () => {
    const work = new Later<string>();
    const done = attempt.run(() => work.value, again);
    buttonNamed("Stop", attempt.element).click();
    work.give("heard");
    expect([await done, attempt.isBusy, bar().hidden, trouble()]).toEqual([null, false, true, [""]]);
  });
});
