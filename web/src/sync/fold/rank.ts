// The order of tasks: fractional indexing (D. Greenspan, "Implementing Fractional Indexing", 2020), base 62. The server makes its
// ranks in the same way, so a predicted rank is most probably the one that the task gets.

const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const zero = "0";
const top = "z";

/** A rank above `lower` and below `upper`; an absent bound is the end of the list. `lower` is below `upper`. */
export function between(lower: string | undefined, upper: string | undefined): string {
  if (lower !== undefined && upper !== undefined) return inside(lower, upper);
  if (lower !== undefined) return after(lower);
  return upper !== undefined ? before(upper) : "a0";
}

/** The head of a rank says how long its integer part is: `a` 2, `b` 3 …; `Z` 2, `Y` 3 … below zero. */
function integerLength(rank: string): number {
  const head = rank.charCodeAt(0);
  return rank >= "a" ? head - code("a") + 2 : code("Z") - head + 2;
}

function split(rank: string): [integer: string, fraction: string] {
  const length = integerLength(rank);
  return [rank.slice(0, length), rank.slice(length)];
}

function before(upper: string): string {
  const [integer, fraction] = split(upper);
  const lower = decrement(integer);
  // The smallest integer never stands alone, so there is a fraction.
  if (lower === null) return integer + midpoint("", fraction);
  return fraction === "" ? lower : integer;
}

function after(lower: string): string {
  const [integer, fraction] = split(lower);
  return increment(integer) ?? integer + midpoint(fraction, undefined);
}

function inside(lower: string, upper: string): string {
  const [integer, fraction] = split(lower);
  const [upperInteger, upperFraction] = split(upper);
  if (integer === upperInteger) return integer + midpoint(fraction, upperFraction);
  const next = increment(integer);
  return next !== null && next < upper ? next : integer + midpoint(fraction, undefined);
}

/** A fraction above `lower` and below `upper` (absent: 1), neither of which ends in zero. */
function midpoint(lower: string, upper: string | undefined): string {
  const shared = upper === undefined ? 0 : sharedDigits(lower, upper);
  if (upper !== undefined && shared > 0) {
    return upper.slice(0, shared) + midpoint(lower.slice(shared), upper.slice(shared));
  }
  const low = lower === "" ? 0 : digit(lower);
  const high = upper === undefined ? digits.length : digit(upper);
  if (high - low > 1) return digits.charAt(Math.ceil((low + high) / 2));
  if (upper !== undefined && upper.length > 1) return upper.charAt(0);
  return digits.charAt(low) + midpoint(lower.slice(1), undefined);
}

/** How many leading digits of `upper` are those of `lower`, which has zeros behind its end. */
function sharedDigits(lower: string, upper: string): number {
  let shared = 0;
  while (shared < upper.length && upper.charAt(shared) === (lower.charAt(shared) || zero)) shared += 1;
  return shared;
}

/** `null` for the largest integer. */
function increment(integer: string): string | null {
  const end = integer.slice(1).replace(/z+$/, "");
  if (end !== "") return integer.charAt(0) + step(end, 1).padEnd(integer.length - 1, zero);
  if (integer.startsWith("Z")) return "a0";
  return integer.startsWith("z") ? null : filled(integer.charCodeAt(0) + 1, zero);
}

/** `null` for the smallest integer, and for what would make it: it never stands alone. */
function decrement(integer: string): string | null {
  const end = integer.slice(1).replace(/0+$/, "");
  if (end !== "") return integer.charAt(0) + step(end, -1).padEnd(integer.length - 1, top);
  if (integer.startsWith("a")) return "Zz";
  return integer.startsWith("A") ? null : filled(integer.charCodeAt(0) - 1, top);
}

/** These digits with the last one so much larger. */
function step(text: string, by: 1 | -1): string {
  const last = text.length - 1;
  return text.slice(0, last) + digits.charAt(digit(text.slice(last)) + by);
}

function filled(head: number, fill: string): string {
  const rank = String.fromCharCode(head);
  return rank.padEnd(integerLength(rank), fill);
}

/** The value of the first digit. */
function digit(text: string): number {
  return digits.indexOf(text.charAt(0));
}

function code(letter: string): number {
  return letter.charCodeAt(0);
}
