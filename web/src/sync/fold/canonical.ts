// Canonical JSON (RFC 8785): the one text that a value has, whoever writes it.
//
// Numbers and strings are written as `JSON.stringify` writes them, which is the form that the RFC asks for. Read a value with
// `JSON.parse` and nothing else: the server refuses numbers beyond ±2^53, keeps every other one as a double too, and lets no
// lone surrogate in, so both sides hold the same. A reader that keeps decimals, big integers, or `-0` as such would not.

/** The canonical JSON of a value that came from `JSON.parse`, or was made of such values. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null) return object(value as { readonly [key: string]: unknown });
  if (typeof value === "number" && !Number.isFinite(value)) throw new TypeError("a number that JSON does not have");
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`JSON has no ${typeof value}`);
  return text;
}

function object(value: { readonly [key: string]: unknown }): string {
  // Without an order of its own, `sort` compares UTF-16 code units, as the RFC does.
  const keys = Object.keys(value).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
}
