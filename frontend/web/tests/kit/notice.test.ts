// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Notice } from "../../src/kit/notice";
import { Problem } from "../../src/server/problem";
import { one, texts } from "../document";

const PASSING = new Problem("Imagery unavailable", "esri did not answer", 503, 2);
const FINAL = new Problem("No imagery", "there is none", 404, null);

describe("the page's voice", () => {
  const again = vi.fn();
  let notice: Notice;

  beforeEach(() => {
    vi.useFakeTimers();
    again.mockReset();
    document.body.innerHTML = "<div id='notice'></div>";
    notice = new Notice(one("#notice"));
  });

  afterEach(() => {
    vi.useRealTimers();
    document.body.replaceChildren();
  });

  const alert = (): string[] => texts("[role=alert] > *");
  const retry = (): HTMLButtonElement => one<HTMLButtonElement>("button");

  it("says what goes on to those who listen, and takes back what was told before", () => {
    notice.tell(FINAL, again);
    notice.say("Listening");
    expect([texts("[role=status]"), alert()]).toEqual([["Listening"], []]);
  });

  it("tells of a problem in its own words, and offers nothing that would be in vain", () => {
    notice.tell(FINAL, again);
    expect([alert(), retry().hidden]).toEqual([["No imagery", "there is none"], true]);
  });

  it("counts down to the moment at which trying again may help", () => {
    notice.tell(PASSING, again);
    const seen = [2, 1, 0].map(() => {
      const words = `${retry().textContent} ${retry().disabled}`;
      vi.advanceTimersByTime(1000);
      return words;
    });
    expect(seen).toEqual(["Try again in 2 s true", "Try again in 1 s true", "Try again false"]);
    retry().click();
    expect([again.mock.calls.length, alert(), retry().hidden]).toEqual([1, [], true]);
  });

  it("tries again at once when the server is back, but only what was offered", () => {
    notice.retryNow();
    notice.tell(FINAL, again);
    notice.retryNow();
    expect(again).not.toHaveBeenCalled();
    notice.tell(PASSING, again);
    notice.retryNow();
    expect(again).toHaveBeenCalledOnce();
  });

  it("takes back only the problem that it told of last", () => {
    notice.tell(PASSING, again);
    notice.takeBack(FINAL);
    expect(alert()).toHaveLength(2);
    notice.takeBack(PASSING);
    expect(alert()).toEqual([]);
  });
});
