import type { Me } from "./types";
import type { World } from "./world";

/** Who was signed in, so that a known page opens without asking first. */
export function keptMe(world: World): Me | null {
  const text = world.recall();
  if (text === null) return null;
  try {
    const me: unknown = JSON.parse(text);
    return isMe(me) ? me : null;
  } catch {
    return null;
  }
}

export function keep(world: World, me: Me | null): void {
  world.remember(me === null ? null : JSON.stringify(me));
}

/** Another build may have written it. */
function isMe(value: unknown): value is Me {
  if (typeof value !== "object" || value === null) return false;
  const me = value as Record<string, unknown>;
  const texts = ["id", "name", "email", "locale", "timezone"].every((field) => typeof me[field] === "string");
  return texts && typeof me["admin"] === "boolean" && typeof me["preferences"] === "object";
}
