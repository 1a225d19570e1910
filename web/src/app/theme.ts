import { session } from "../session/session";

export type Theme = "system" | "light" | "dark";

/** `theme-first.js` reads it before the first paint. */
const KEY = "lockstep.theme";

const isTheme = (value: unknown): value is Theme => value === "light" || value === "dark" || value === "system";

export function themeHere(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return isTheme(kept) ? kept : "system";
  } catch {
    return "system";
  }
}

export function showTheme(theme: Theme): void {
  document.documentElement.style.colorScheme = theme === "system" ? "" : theme;
  try {
    if (theme === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be forbidden: then it is for this page only.
  }
}

/** The theme that a person has chosen goes with them to other browsers. */
export function followTheme(): void {
  session.subscribe(() => {
    const state = session.state();
    if (!("me" in state)) return;
    const { theme } = state.me.preferences;
    if (isTheme(theme) && theme !== themeHere()) showTheme(theme);
  });
}

export const themes: readonly { value: Theme; name: string }[] = [
  { value: "system", name: "As the system" },
  { value: "light", name: "Light" },
  { value: "dark", name: "Dark" },
];

/** Shows a theme here at once. It goes along to other browsers, and here it holds in any case. */
export function chooseTheme(theme: Theme): void {
  showTheme(theme);
  session.updateMe({ preferences: { theme } }).catch(() => undefined);
}
