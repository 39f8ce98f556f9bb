import { afterEach, describe, expect, it, vi } from "vitest";

import { chosenTheme, restoreTheme, useTheme } from "../../src/kit/theme";

/** A browser that has kept this theme; `isShut`: it neither keeps nor gives anything. */
function browser(kept: string | null, isShut = false): Map<string, string> {
  const storage = new Map(kept === null ? [] : [["earshot.theme", kept]]);
  const refuse = (): void => {
    if (isShut) throw new DOMException("no", "SecurityError");
  };
  vi.stubGlobal("document", { documentElement: { dataset: {} } });
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => (refuse(), storage.get(key) ?? null),
    setItem: (key: string, value: string) => (refuse(), storage.set(key, value)),
  });
  return storage;
}

afterEach(() => vi.unstubAllGlobals());

describe("the theme", () => {
  it.each([
    [null, "system"],
    ["dark", "dark"],
    ["neon", "system"],
  ])("that was kept as %s is shown as %s", (kept, shown) => {
    browser(kept);
    restoreTheme();
    expect(chosenTheme()).toBe(shown);
  });

  it("that is chosen is shown at once and kept", () => {
    const storage = browser("dark");
    useTheme("light");
    expect([chosenTheme(), storage.get("earshot.theme")]).toEqual(["light", "light"]);
  });

  it("can be chosen where the browser keeps nothing", () => {
    browser(null, true);
    restoreTheme();
    expect(chosenTheme()).toBe("system");
    useTheme("dark");
    expect(chosenTheme()).toBe("dark");
  });
});
