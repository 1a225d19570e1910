import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hues } from "./hue";

const css = readFileSync(new URL("./tokens.css", import.meta.url), "utf8");

/** Lightness, and the two axes of colour, in OKLab. */
type Color = readonly [number, number, number];

function found(pattern: RegExp): string {
  const part = pattern.exec(css)?.[1];
  if (part === undefined) throw new Error(`tokens.css has no ${pattern}`);
  return part;
}

/** What `--chip-text` and the like are for a hue, in light and dark. */
function colors(token: string, hue: number): readonly Color[] {
  const own = found(new RegExp(`\\[data-hue="${hue}"\\] \\{([^}]*)\\}`));
  const value = (name: string) => Number(new RegExp(`${name}: ([\\d.]+)`).exec(own)?.[1]);
  const given = found(new RegExp(`${token}: (.*);`)).replace(/var\((--[a-z-]+)\)/g, (_, name) => String(value(name)));
  return [...given.matchAll(/oklch\(([\d.]+)% ([\d.]+) ([\d.]+)\)/g)].map(([, light, chroma, degrees]): Color => {
    const angle = (Number(degrees) * Math.PI) / 180;
    return [Number(light) / 100, Number(chroma) * Math.cos(angle), Number(chroma) * Math.sin(angle)];
  });
}

const black: Color = [0, 0, 0];

const distance = (one: Color, other: Color): number => Math.hypot(...one.map((part, at) => part - (other[at] ?? 0)));

/** The relative luminance of WCAG, after https://www.w3.org/TR/css-color-4/#color-conversion-code. */
function luminance([light, a, b]: Color): number {
  const l = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (light - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const red = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
  const green = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
  const blue = -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: Color, other: Color): number {
  const [less = 0, more = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (more + 0.05) / (less + 0.05);
}

describe.each(["light", "dark"])("the hues of labels in %s", (theme) => {
  const of = (token: string) => hues.map((hue) => colors(token, hue)[theme === "light" ? 0 : 1] ?? black);

  it("are told from each other, as words, as dots and by their ground", () => {
    const nearest = (all: readonly Color[]) =>
      Math.min(...all.flatMap((one, at) => all.slice(at + 1).map((other) => distance(one, other))));
    expect(nearest(of("--chip-text"))).toBeGreaterThan(0.06);
    expect(nearest(of("--chip-ground"))).toBeGreaterThan(0.017);
  });

  it("are read on their ground", () => {
    const grounds = of("--chip-ground");
    for (const [at, text] of of("--chip-text").entries()) {
      expect(contrast(text, grounds[at] ?? black)).toBeGreaterThanOrEqual(4.6);
    }
  });
});
