import { expect, test } from "vitest";
import { addDays, dayIn, dayWords, endOfWeek, momentWords, weekday } from "./days";

test("the same instant is another day in another zone", () => {
  const instant = Date.parse("2026-11-28T23:30:00Z");
  expect(dayIn("Europe/Berlin", instant)).toBe("2026-11-29");
  expect(dayIn("America/New_York", instant)).toBe("2026-11-28");
});

test("days are counted over the end of months, leap days and changes of the clock", () => {
  expect(addDays("2026-11-30", 1)).toBe("2026-12-01");
  expect(addDays("2028-02-28", 1)).toBe("2028-02-29");
  expect(addDays("2027-01-01", -1)).toBe("2026-12-31");
  expect(addDays("2026-03-28", 2)).toBe("2026-03-30");
});

test("a week ends on Sunday where it begins on Monday, and on Saturday where it begins on Sunday", () => {
  expect(weekday("2026-11-28")).toBe(6);
  expect(endOfWeek("2026-11-28", 1)).toBe("2026-11-29");
  expect(endOfWeek("2026-11-29", 1)).toBe("2026-11-29");
  expect(endOfWeek("2026-11-28", 7)).toBe("2026-11-28");
  expect(endOfWeek("2026-11-29", 7)).toBe("2026-12-05");
});

test("near days have names, and far ones their year", () => {
  const words = (day: string) => dayWords(day, "2026-11-28", "en-GB");
  expect(words("2026-11-28")).toBe("today");
  expect(words("2026-11-29")).toBe("tomorrow");
  expect(words("2026-11-27")).toBe("yesterday");
  expect(words("2026-12-03")).toBe("3 Dec");
  expect(words("2027-01-03")).toBe("3 Jan 2027");
});

test("a moment is never said to be in the future, even when the clocks differ", () => {
  const now = Date.parse("2026-11-28T12:00:00Z");
  const words = (moment: string) => momentWords(moment, now, "UTC", "en-GB");
  expect(words("2026-11-28T12:03:00.000Z")).toBe(words("2026-11-28T12:00:00.000Z"));
  expect(words("2026-11-28T11:55:00.000Z")).toContain("5");
  expect(words("2026-11-28T09:05:00.000Z")).toBe("09:05");
  expect(words("2026-11-27T23:00:00.000Z")).toBe("yesterday");
});
