import { beforeEach, describe, expect, it } from "vitest";

import { LostTiles } from "../../src/map/lost-tiles";
import { Problem } from "../../src/server/problem";

const BUSY = new Problem("Service unavailable", "Too much is being asked at once.", 503, 2);

/** A notice that remembers what it was told; `again` is its button. */
class Told {
  readonly problems: Problem[] = [];
  again = (): void => undefined;

  tell(problem: Problem, again: () => void): void {
    this.problems.push(problem);
    this.again = again;
  }

  takeBack(problem: Problem): void {
    if (this.problems.at(-1) === problem) this.problems.pop();
  }
}

describe("lost tiles", () => {
  let notice: Told;
  let asked: string[];
  let answer: Problem | null;
  let tiles: LostTiles;
  let reloads: number;
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

  beforeEach(() => {
    [notice, asked, answer, reloads] = [new Told(), [], BUSY, 0];
    const ask = (url: string): Promise<Problem | null> => {
      asked.push(url);
      return Promise.resolve(answer);
    };
    tiles = new LostTiles(notice, ask, () => reloads++);
  });

  it("are told of once, in the words that one of them was refused with", async () => {
    for (const url of ["/1", "/2", "/3"]) tiles.onLost(url);
    await settled();
    tiles.onLost("/4");
    await settled();
    expect(asked).toEqual(["/1"]);
    expect(notice.problems).toEqual([BUSY]);
  });

  it("are taken back when none is missing any more, and told of again when some are lost after that", async () => {
    tiles.onLost("/1");
    await settled();
    tiles.onWhole();
    expect(notice.problems).toEqual([]);
    tiles.onLost("/2");
    await settled();
    expect(asked).toEqual(["/1", "/2"]);
    expect(notice.problems).toEqual([BUSY]);
  });

  it("are drawn once more by the notice's button", async () => {
    tiles.onLost("/1");
    await settled();
    notice.again();
    expect(reloads).toBe(1);
  });

  it("are not told of when they have come while the server was asked", async () => {
    tiles.onLost("/1");
    tiles.onWhole();
    await settled();
    expect(notice.problems).toEqual([]);
  });

  it("are passed over when there is nothing to tell, and not asked about one by one", async () => {
    answer = null;
    for (const url of ["/1", "/2"]) {
      tiles.onLost(url);
      await settled();
    }
    expect(asked).toEqual(["/1"]);
    expect(notice.problems).toEqual([]);
  });
});
