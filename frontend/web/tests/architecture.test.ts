/** What holds for the page as a whole: which folder may know which, and that nothing knows itself in a circle. */

import { describe, expect, it } from "vitest";

const FLOORS = ["server", "kit", "map", "sound", "search", "place", "tools", "page", "main"]; // each may know those before it
const MOST_ARROWS = 30; // between folders

const SOURCES = import.meta.glob<string>("../src/**/*.ts", { query: "?raw", import: "default", eager: true });

/** A module by its path below `src`. */
const MODULES = new Map(Object.entries(SOURCES).map(([path, text]) => [path.replace(/^.*\/src\/|\.ts$/g, ""), text]));

/** The modules of the page that a module imports, types included. */
function importsOf(name: string): string[] {
  const found = (MODULES.get(name) ?? "").matchAll(/(?:from |import\()"(\.[^"]+)"/g);
  return [...found].map(([, path = ""]) => new URL(path, `http://page/${name}`).pathname.slice(1)).filter((path) => MODULES.has(path));
}

function folderOf(name: string): string {
  return name.split("/")[0] ?? "";
}

/** A way that leads from a module back to it; null: there is none. */
function circleThrough(start: string): string[] | null {
  const seen = new Set<string>();
  const walk = (name: string, way: string[]): string[] | null => {
    for (const next of importsOf(name)) {
      if (next === start) return [...way, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = walk(next, [...way, next]);
      if (found) return found;
    }
    return null;
  };
  return walk(start, [start]);
}

describe("the page's folders", () => {
  it("are the ones that have their place in the order", () => {
    expect([...new Set([...MODULES.keys()].map(folderOf))].sort()).toEqual([...FLOORS].sort());
  });

  it("know only those below them", () => {
    const upward = [...MODULES.keys()].flatMap((name) =>
      importsOf(name)
        .filter((other) => FLOORS.indexOf(folderOf(other)) > FLOORS.indexOf(folderOf(name)))
        .map((other) => `${name} -> ${other}`),
    );
    expect(upward).toEqual([]);
  });

  it("know few of one another", () => {
    const arrows = [...MODULES.keys()].flatMap((name) => importsOf(name).map((other) => [folderOf(name), folderOf(other)]));
    const between = new Set(arrows.filter(([from, to]) => from !== to).map((arrow) => arrow.join(" -> ")));
    expect(between.size).toBeGreaterThan(FLOORS.length);
    expect(between.size).toBeLessThanOrEqual(MOST_ARROWS);
  });

  it("have no module that knows itself in a circle, not even by its types", () => {
    expect([...MODULES.keys()].map(circleThrough).filter((circle) => circle !== null)).toEqual([]);
  });

  it("do not stand in the names of their modules, but for the one that a folder is named for", () => {
    const stutters = [...MODULES.keys()].filter((name) => {
      const [folder = "", module = ""] = name.split("/");
      return module !== folder && module.split("-").includes(folder);
    });
    expect(stutters).toEqual([]);
  });
});

describe("the tests", () => {
  it("stand where the module stands that they are of", () => {
    const tested = Object.keys(import.meta.glob("./*/*.test.ts")).map((path) => path.replace(/^\.\/|\.test\.ts$/g, ""));
    expect(tested.length).toBeGreaterThan(0);
    expect(tested.filter((name) => !MODULES.has(name))).toEqual([]);
  });
});

describe("a module's imports", () => {
  it("stand in order: packages, other folders, its own", () => {
    const unsorted = [...MODULES].filter(([, text]) => {
      const paths = [...text.matchAll(/^(?:import|\}) [^;]*?"([^"]+)";$/gm)].map(([, path = ""]) => path);
      const rank = (path: string): string => (path.endsWith(".css") ? "" : `${path.startsWith(".") ? (path.startsWith("..") ? 1 : 2) : 0}${path}`);
      const ranks = paths.map(rank).filter((each) => each !== "");
      return ranks.join() !== [...ranks].sort().join();
    });
    expect(unsorted.map(([name]) => name)).toEqual([]);
  });
});
