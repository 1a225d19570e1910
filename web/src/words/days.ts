// Days are `2026-12-24`, never instants, so no `Date` is made of them: they are counted as whole days since 1970-01-01 (UTC).

import type { Day, Moment } from "../sync/model";

const DAY_MS = 86_400_000;

/** The day that `instant` has in a time zone. */
export function dayIn(zone: string, instant: number): Day {
  // Swedish writes a date as ISO 8601 does.
  return new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short" }).format(instant);
}

export function numberOf(day: Day): number {
  return Math.floor(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
}

export function addDays(day: Day, days: number): Day {
  return dayIn("UTC", (numberOf(day) + days) * DAY_MS);
}

/** 1 is Monday and 7 is Sunday, as in ISO 8601. */
export function weekday(day: Day): number {
  // Day 0 was a Thursday.
  return ((numberOf(day) + 3) % 7) + 1;
}

/** The last day of the week that `day` is in, where weeks begin with the weekday `first`. */
export function endOfWeek(day: Day, first: number): Day {
  return addDays(day, (first + 6 - weekday(day)) % 7);
}

/** With which weekday a week begins where people speak this language. */
export function firstWeekday(locale: string): number {
  const known = new Intl.Locale(locale) as Intl.Locale & { getWeekInfo?(): { firstDay: number } };
  return known.getWeekInfo?.().firstDay ?? 1;
}

/** "today", "tomorrow", "3 Dec", "3 Dec 2027". */
export function dayWords(day: Day, today: Day, locale: string): string {
  const distance = numberOf(day) - numberOf(today);
  if (Math.abs(distance) <= 1) return new Intl.RelativeTimeFormat(locale, { numeric: "auto" }).format(distance, "day");
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" as const };
  return format(locale, { timeZone: "UTC", day: "numeric", month: "short", ...year }, numberOf(day) * DAY_MS);
}

/** How long ago, in the words of a list: "now", "5 min. ago", "14:05", "yesterday", "3 Dec". */
export function momentWords(moment: Moment, now: number, zone: string, locale: string): string {
  const instant = Date.parse(moment);
  const minutes = Math.floor((now - instant) / 60_000);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "narrow" });
  // Clocks differ: what seems to be in the future is now.
  if (minutes < 1) return relative.format(0, "second");
  if (minutes < 60) return relative.format(-minutes, "minute");
  const day = dayIn(zone, instant);
  const today = dayIn(zone, now);
  if (day === today) return format(locale, { timeZone: zone, hour: "2-digit", minute: "2-digit" }, instant);
  return dayWords(day, today, locale);
}

/** The whole of it, for a title. */
export function exactly(moment: Moment, zone: string, locale: string): string {
  return format(locale, { timeZone: zone, dateStyle: "full", timeStyle: "medium" }, Date.parse(moment));
}

function format(locale: string, options: Intl.DateTimeFormatOptions, instant: number): string {
  return new Intl.DateTimeFormat(locale, options).format(instant);
}
