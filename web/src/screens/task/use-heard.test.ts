import { expect, test, vi } from "vitest";
import { Pacer } from "./use-heard";

test("of what others do to the open task at most one sentence is heard in five seconds, and the last one is", () => {
  vi.useFakeTimers();
  const heard: string[] = [];
  const pacer = new Pacer((sentence) => heard.push(sentence));
  for (const sentence of ["Mira commented", "Mira moved it to Done", "Bob commented"]) pacer.hear(sentence);
  expect(heard).toEqual(["Mira commented"]);
  vi.advanceTimersByTime(5_000);
  expect(heard).toEqual(["Mira commented", "Bob commented, after 1 other change"]);
  pacer.hear("Mira deleted it");
  vi.advanceTimersByTime(4_999);
  expect(heard).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(heard[2]).toBe("Mira deleted it");
  vi.advanceTimersByTime(5_000);
  pacer.hear("Bob commented");
  expect(heard[3]).toBe("Bob commented");
  pacer.stop();
  vi.useRealTimers();
});
