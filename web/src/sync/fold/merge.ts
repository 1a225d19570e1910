// JSON merge patches (RFC 7396).

import type { Json, JsonObject } from "../model";

/** `target` with `patch` applied. Neither is changed. */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  return merged(target, patch) as JsonObject;
}

function merged(target: Json | undefined, patch: Json): Json {
  if (!isObject(patch)) return patch;
  // A map has no inherited members, and `fromEntries` defines own ones: `__proto__` is a key like any other.
  const members = new Map(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) members.delete(key);
    else members.set(key, merged(members.get(key), value));
  }
  return Object.fromEntries(members);
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
