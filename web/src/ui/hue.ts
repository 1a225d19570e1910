/** The hues of labels, people and projects, as `data-hue` names them (tokens.css). */
export const hues = [25, 55, 80, 150, 190, 245, 290, 345] as const;
export type Hue = (typeof hues)[number];

/** What a label can be coloured with: a name, and the hex that the server keeps. */
export const labelColors: readonly { name: string; hex: string; hue: Hue | null }[] = [
  { name: "Red", hex: "#c8635d", hue: 25 },
  { name: "Orange", hex: "#c16e2d", hue: 55 },
  { name: "Yellow", hex: "#af7c00", hue: 80 },
  { name: "Green", hex: "#429c5a", hue: 150 },
  { name: "Teal", hex: "#009e97", hue: 190 },
  { name: "Blue", hex: "#348dcf", hue: 245 },
  { name: "Violet", hex: "#8677ce", hue: 290 },
  { name: "Pink", hex: "#bc6398", hue: 345 },
  { name: "Grey", hex: "#80868f", hue: null },
];

const linear = (part: number): number => {
  const share = part / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

/** The hue and chroma of `#rrggbb` in OKLCH, after https://www.w3.org/TR/css-color-4/#color-conversion-code. */
function hueAndChroma(hex: string): { hue: number; chroma: number } {
  const [red, green, blue] = [1, 3, 5].map((at) => linear(Number.parseInt(hex.slice(at, at + 2), 16))) as [
    number,
    number,
    number,
  ];
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const b = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return { hue: ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360, chroma: Math.hypot(a, b) };
}

/** The hue of a label's colour, or null where it is a grey or no colour. Only a known hue is sure to be readable. */
export function hueOfColor(color: string): Hue | null {
  if (!/^#[0-9a-f]{6}$/i.test(color)) return null;
  const { hue, chroma } = hueAndChroma(color);
  if (chroma < 0.03) return null;
  const away = (other: Hue): number => Math.min(Math.abs(hue - other), 360 - Math.abs(hue - other));
  return hues.reduce((nearest, each) => (away(each) < away(nearest) ? each : nearest));
}

/** The same hue for the same id, everywhere (FNV-1a). */
export function hueOfId(id: string): Hue {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return hues[(hash >>> 0) % hues.length] ?? hues[0];
}
