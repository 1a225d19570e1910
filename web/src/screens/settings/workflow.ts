// Changes of a project's columns. Each makes a new workflow, which is sent as a whole.

import type { Status, Workflow } from "../../sync/model";

/** Most columns of a project. */
export const MOST_STATUSES = 50;

const MOST_LIMIT = 100_000;

export type StatusChange = { name: string } | { category: Status["category"] } | { limit: number | null };

export function changed(workflow: Workflow, key: string, change: StatusChange): Workflow {
  const statuses = workflow.statuses.map((status) => (status.key === key ? { ...status, ...change } : status));
  return { ...workflow, statuses };
}

/** Moves a column so many places to the right; to the left when `places` is negative. It stops at the ends. */
export function moved(workflow: Workflow, key: string, places: number): Workflow {
  const from = workflow.statuses.findIndex((status) => status.key === key);
  const status = workflow.statuses[from];
  if (!status) return workflow;
  const others = workflow.statuses.filter((other) => other.key !== key);
  const to = Math.max(0, Math.min(others.length, from + places));
  return { ...workflow, statuses: others.toSpliced(to, 0, status) };
}

/** A new column behind `after`, or behind the last one for work. It has the category of the one before it. */
export function added(workflow: Workflow, name: string, after?: string): Workflow {
  const { statuses } = workflow;
  const isBefore = (status: Status) => (after === undefined ? !isEnd(status) : status.key === after);
  const place = statuses.findLastIndex(isBefore) + 1;
  const key = keyFor(
    name,
    statuses.map((status) => status.key),
  );
  const category = statuses[place - 1]?.category ?? "open";
  return { ...workflow, statuses: statuses.toSpliced(place, 0, { key, name, category }) };
}

const isEnd = ({ category }: Status): boolean => category === "done" || category === "cancelled";

/** Without a column. Steps from it and to it go too, because the server takes none that leads nowhere. */
export function removed(workflow: Workflow, key: string): Workflow {
  const statuses = workflow.statuses.filter((status) => status.key !== key);
  if (!workflow.transitions) return { ...workflow, statuses };
  const steps = Object.entries(workflow.transitions).filter(([from]) => from !== key);
  const transitions = Object.fromEntries(steps.map(([from, to]) => [from, to.filter((other) => other !== key)]));
  return { ...workflow, statuses, transitions };
}

/** What is wrong with a limit as it is typed; empty is none. */
export function limitFault(text: string): string | null {
  const isNumber = /^[1-9][0-9]{0,5}$/.test(text) && Number(text) <= MOST_LIMIT;
  return text === "" || isNumber ? null : `A number from 1 to ${MOST_LIMIT.toLocaleString()}, or nothing.`;
}

export const limitOf = (text: string): number | null => (text === "" ? null : Number(text));

/** A key that nobody has yet: the name in small Latin letters, or the kind of thing where none is left. */
export function keyFor(name: string, taken: readonly string[], kind = "column"): string {
  const plain = name.normalize("NFKD").toLowerCase();
  const base =
    plain
      .replace(/\p{M}/gu, "")
      .replace(/[^a-z0-9]+/g, "_")
      .replace(/^_+|_+$/g, "")
      .slice(0, 48) || kind;
  for (let number = 1; ; number += 1) {
    const key = number === 1 ? base : `${base}_${number}`;
    if (!taken.includes(key)) return key;
  }
}
