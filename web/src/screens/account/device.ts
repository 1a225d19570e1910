/** Later ones name earlier ones for compatibility, so the first that fits is the right one. */
const BROWSERS: [string, RegExp][] = [
  ["Edge", /Edg(?:e|A|iOS)?\/(\d+)/],
  ["Opera", /OPR\/(\d+)/],
  ["Samsung Internet", /SamsungBrowser\/(\d+)/],
  ["Firefox", /(?:Firefox|FxiOS)\/(\d+)/],
  ["Chrome", /(?:Chrome|CriOS)\/(\d+)/],
  ["Safari", /Version\/(\d+).*Safari/],
];

const SYSTEMS: [string, RegExp][] = [
  ["iPhone", /iPhone/],
  ["iPad", /iPad/],
  ["Android", /Android/],
  ["Windows", /Windows/],
  ["macOS", /Mac OS X/],
  ["ChromeOS", /CrOS/],
  ["Linux", /Linux/],
];

/** "Firefox 141 on Windows", of what a browser says of itself; of a program its name. */
export function deviceName(agent: string | null): string {
  if (agent === null) return "Unknown device";
  const browser = BROWSERS.find(([, pattern]) => pattern.test(agent));
  const system = SYSTEMS.find(([, pattern]) => pattern.test(agent));
  if (browser === undefined) return agent;
  const version = browser[1].exec(agent)?.[1] ?? "";
  return system === undefined ? `${browser[0]} ${version}` : `${browser[0]} ${version} on ${system[0]}`;
}
