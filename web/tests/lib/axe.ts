// What is wrong with a screen as it stands, for those who read it otherwise than most.

import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export const LOOKS = [
  { colorScheme: "light", viewport: { width: 1280, height: 800 } },
  { colorScheme: "dark", viewport: { width: 1280, height: 800 } },
  { colorScheme: "light", viewport: { width: 360, height: 740 } },
  { colorScheme: "dark", viewport: { width: 360, height: 740 } },
] as const;

export const lookName = ({ colorScheme, viewport }: (typeof LOOKS)[number]): string =>
  `${colorScheme}, ${viewport.width} px wide`;

/** In words that lead to the place. `besides` is not looked at. */
export async function faultsOf(page: Page, besides: readonly string[] = []): Promise<string[]> {
  const axe = new AxeBuilder({ page }).withTags(RULES);
  // Base UI's guards hand the focus on at once, which axe cannot know.
  for (const left of ["[data-base-ui-focus-guard]", ...besides]) axe.exclude(left);
  const { violations } = await axe.analyze();
  const faults = violations
    .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${any[0]?.message ?? ""} ${html.slice(0, 200)}`))
    // The board takes the focus for its columns, whose cards the arrows go through.
    .filter((fault) => !(fault.startsWith("scrollable-region-focusable") && fault.includes("data-column")));
  const sideways = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  return sideways > 0 ? [...faults, `it scrolls sideways by ${sideways} px`] : faults;
}

/** Looks at one screen after the other, and answers what is wrong with which. */
export class Looking {
  readonly found: Record<string, string[]> = {};

  async at(screen: string, page: Page, ...besides: string[]): Promise<void> {
    const faults = await faultsOf(page, besides);
    if (faults.length > 0) this.found[screen] = faults;
  }
}
