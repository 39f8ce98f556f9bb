/** Light or dark: as the system has it, or as the person chose here. */

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const KEY = "earshot.theme";

/** The choice made in this browser. */
export function chosenTheme(): Theme {
  return THEMES.find((theme) => theme === document.documentElement.dataset["theme"]) ?? "system";
}

/** Shows the page in a theme and remembers it. */
export function useTheme(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // A browser that keeps nothing still shows the theme now.
  }
}

/** Calls back whenever the page's colours have changed: by a choice here, or with the system. */
export function onTheme(changed: () => void): void {
  new MutationObserver(changed).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed);
}

/** Shows the page in the theme that was chosen before. */
export function restoreTheme(): void {
  try {
    const kept = localStorage.getItem(KEY);
    useTheme(THEMES.find((theme) => theme === kept) ?? "system");
  } catch {
    useTheme("system");
  }
}
