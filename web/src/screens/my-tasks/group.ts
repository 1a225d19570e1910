import type { Day } from "../../sync/model";
import { endOfWeek } from "../../words/days";
import type { MyTask } from "./queries";

export interface Group {
  readonly key: string;
  readonly name: string;
  readonly items: readonly MyTask[];
}

const NAMES = {
  overdue: "Overdue",
  today: "Today",
  week: "This week",
  later: "Later",
  none: "No date",
} as const;

type Due = keyof typeof NAMES;

/** In which group a day is, for a reader whose day is `today` and whose weeks begin with the weekday `first`. */
export function dueOf(day: Day | null, today: Day, first: number): Due {
  // Days compare as texts.
  if (day === null) return "none";
  if (day < today) return "overdue";
  if (day === today) return "today";
  return day <= endOfWeek(today, first) ? "week" : "later";
}

/** Groups by when they are due, in this order. What is empty is left out. */
export function byDue(items: readonly MyTask[], today: Day, first: number): Group[] {
  return (Object.keys(NAMES) as Due[]).flatMap((due) => {
    const own = items.filter(({ task }) => dueOf(task.due_on ?? null, today, first) === due);
    return own.length === 0 ? [] : [{ key: due, name: NAMES[due], items: own }];
  });
}

/** Groups by project, in the order of their names. */
export function byProject(items: readonly MyTask[]): Group[] {
  const projects = new Map(items.map(({ project }) => [project.id, project.name]));
  return [...projects]
    .map(([key, name]) => ({ key, name, items: items.filter(({ project }) => project.id === key) }))
    .toSorted((one, other) => one.name.localeCompare(other.name) || one.key.localeCompare(other.key));
}
