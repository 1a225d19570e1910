export interface Option {
  value: string;
  name: string;
}

const LOCALES = [
  "ar",
  "bg",
  "cs",
  "da",
  "de",
  "de-AT",
  "de-CH",
  "el",
  "en",
  "en-AU",
  "en-CA",
  "en-GB",
  "en-IN",
  "en-US",
  "es",
  "es-MX",
  "fa",
  "fi",
  "fr",
  "fr-CA",
  "he",
  "hi",
  "hu",
  "id",
  "it",
  "ja",
  "ko",
  "nl",
  "no",
  "pl",
  "pt",
  "pt-BR",
  "ro",
  "ru",
  "sk",
  "sv",
  "th",
  "tr",
  "uk",
  "vi",
  "zh",
  "zh-TW",
];

/** The zones that this browser knows, and the one that is set. */
export function zoneOptions(current: string): Option[] {
  const zones = new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), current]);
  return [...zones].sort().map((zone) => ({ value: zone, name: zone.replaceAll("_", " ") }));
}

/** Usual languages, those of this browser, and the one that is set, each named in itself. */
export function localeOptions(current: string): Option[] {
  const locales = new Set([...LOCALES, ...navigator.languages, current]);
  const options = [...locales].map((locale) => ({ value: locale, name: nameOf(locale) }));
  return options.sort((one, other) => one.name.localeCompare(other.name));
}

function nameOf(locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: "language" }).of(locale) ?? locale;
  } catch {
    return locale;
  }
}
