import type { Category, Project, Status, Task, Workflow } from "../sync/model";

/** `SHOP-12`, as people call a task. */
export function taskName(project: Project, task: Pick<Task, "number">): string {
  return task.number > 0 ? `${project.key}-${task.number}` : "New task";
}

export function statusOf(project: Project, key: string): Status | undefined {
  return project.workflow.statuses.find((status) => status.key === key);
}

export const statusName = (project: Project, key: string): string => statusOf(project, key)?.name ?? key;

/** Which of the active columns a status is, for its picture. */
export function positionOf(
  project: { readonly workflow: Pick<Workflow, "statuses"> },
  key: string,
): { k: number; n: number } {
  const active = project.workflow.statuses.filter((status) => status.category === "active");
  return { k: active.findIndex((status) => status.key === key) + 1, n: active.length };
}

export const isOpen = (category: Category | undefined): boolean => category !== "done" && category !== "cancelled";

/** How many of a column or group there are: under a filter, how many of them pass it. */
export function countWords(passing: number, all: number): string {
  const total = all.toLocaleString();
  return passing === all ? total : `${passing.toLocaleString()} of ${total}`;
}

const lists = new Intl.ListFormat("en", { type: "conjunction" });
export const listWords = (words: readonly string[]): string => lists.format(words);
