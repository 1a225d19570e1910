// What a change leaves to do.

import { canonical } from "./canonical";

/** The members of `change` that `current` does not have already. */
export function against<T extends object>(change: T, current: T): T {
  const has = new Map(Object.entries(current));
  const left = Object.entries(change).filter(([key, value]) => value !== undefined && !same(value, has.get(key)));
  return Object.fromEntries(left) as T;
}

/** Whether two values are the same JSON. */
export function same(a: unknown, b: unknown): boolean {
  return a === b || (a !== undefined && b !== undefined && canonical(a) === canonical(b));
}

export function isEmpty(change: object): boolean {
  return Object.keys(change).length === 0;
}
