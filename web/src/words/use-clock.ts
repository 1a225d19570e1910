import { useMemo, useSyncExternalStore } from "react";
import { useMe } from "../session/use-session";
import type { Day, Moment } from "../sync/model";
import { dayIn, dayWords, exactly, momentWords } from "./days";

const TICK_MS = 20_000;

/** What time it is for the reader, in words of the reader's language and zone. */
export interface Clock {
  readonly today: Day;
  readonly locale: string;
  day(day: Day): string;
  ago(moment: Moment): string;
  /** On which day, also a day to come. */
  dayOf(moment: Moment): string;
  exactly(moment: Moment): string;
}

/** It goes on by itself: "today" changes at midnight of the account's zone in a page that is open. */
export function useClock(): Clock {
  const { timezone: zone, locale: wanted } = useMe();
  const locale = useMemo(() => known(wanted), [wanted]);
  const now = useSyncExternalStore(subscribe, read);
  return useMemo(() => {
    const today = dayIn(zone, now);
    return {
      today,
      locale,
      day: (day) => dayWords(day, today, locale),
      dayOf: (moment) => dayWords(dayIn(zone, Date.parse(moment)), today, locale),
      ago: (moment) => momentWords(moment, now, zone, locale),
      exactly: (moment) => exactly(moment, zone, locale),
    };
  }, [now, zone, locale]);
}

/** A language that this browser knows. */
function known(locale: string): string {
  try {
    return Intl.getCanonicalLocales(locale)[0] ?? navigator.language;
  } catch {
    return navigator.language;
  }
}

let now = Date.now();
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;

const read = (): number => now;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}
