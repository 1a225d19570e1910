// What an event of the log did, in words that follow the name of who did it.

import type { components } from "../../api/schema";
import type { People } from "../../people/people";
import type { Id, Json, Priority } from "../../sync/model";
import type { Tables } from "../../sync/tables";
import { priorityNames } from "../../ui/priority-icon";
import { fieldName, projectFieldName } from "../../words/problems";
import { listWords, statusName, taskName } from "../../words/tasks";

export type Activity = components["schemas"]["Activity"];

export interface Reader {
  readonly view: Tables;
  readonly people: People;
  /** The task that is looked at: "this". */
  readonly task: Id;
  readonly day: (day: string) => string;
}

interface Change {
  readonly field: string;
  readonly from: Json;
  readonly to: Json;
}

/** "changed status from Todo to Done". `null`: nothing that belongs into a task's timeline. */
export function activityWords(activity: Activity, reader: Reader): string | null {
  const changes = activity.changes as readonly Change[];
  const said = deed(activity, changes, reader);
  if (said === null) return null;
  const undone = typeof activity.undoes === "number" ? "undid a change: " : "";
  const via = activity.via ? ` (with the token ${activity.via})` : "";
  return `${undone}${said}${via}`;
}

function deed({ type, tasks }: Activity, changes: readonly Change[], reader: Reader): string | null {
  const change = changes[0];
  switch (type) {
    case "task.created":
      return tasks[0] === reader.task ? "created this task" : null;
    case "task.deleted":
      return "deleted this task";
    case "task.archived":
      return "archived this task";
    case "task.restored":
    case "task.unarchived":
      return "brought this task back";
    case "task.updated":
    case "task.moved":
      return changes.length > 0 ? listWords(changes.map((one) => fieldWords(one, reader))) : null;
    case "dependency.added":
    case "dependency.removed":
      return change ? edgeWords(type === "dependency.added", change, tasks, reader) : null;
    default:
      return null;
  }
}

function edgeWords(added: boolean, change: Change, tasks: readonly Id[], reader: Reader): string {
  const here = tasks[0] === reader.task;
  const other = name(here ? tasks[1] : tasks[0], reader);
  if (change.field === "relates") return added ? `related this to ${other}` : `took away the relation to ${other}`;
  if (here) return added ? `made this wait for ${other}` : `made this not wait for ${other} any more`;
  return added ? `made ${other} wait for this` : `made ${other} not wait for this any more`;
}

function fieldWords({ field, from, to }: Change, reader: Reader): string {
  const { view, people } = reader;
  switch (field) {
    case "title":
      return `changed the title from “${from}” to “${to}”`;
    case "description":
      return from === "" ? "wrote a description" : to === "" ? "removed the description" : "changed the description";
    case "status":
      return `changed status from ${statusName(view.project, String(from))} to ${statusName(view.project, String(to))}`;
    case "priority":
      return `changed priority to ${priorityNames[to as Priority]}`;
    case "assignees":
      return listChange(from, to, (id) => people.name(id), ["assigned", "took the task from"]);
    case "labels":
      return listChange(from, to, (key) => labelName(view, key), ["added the label", "removed the label"]);
    case "parent":
      if (to === null) return `took this out of ${name(from, reader)}`;
      return `put this below ${name(to, reader)}`;
    case "start_on":
    case "due_on":
      return to === null
        ? `removed the ${fieldName(field)}`
        : `set the ${fieldName(field)} to ${reader.day(String(to))}`;
    case "estimate":
      return to === null ? "removed the estimate" : `set the estimate to ${to}`;
    case "fields":
      return customWords(to, view);
    default:
      return `changed the ${fieldName(field)}`;
  }
}

function customWords(patch: Json, view: Tables): string {
  const keys = patch !== null && typeof patch === "object" && !Array.isArray(patch) ? Object.keys(patch) : [];
  return `changed ${listWords(keys.map((key) => projectFieldName(view.project, key)))}`;
}

function listChange(from: Json, to: Json, nameOf: (key: string) => string, [add, take]: [string, string]): string {
  const [before, now] = [from, to].map((list) => (Array.isArray(list) ? list.map(String) : [])) as [string[], string[]];
  const came = now.filter((one) => !before.includes(one)).map(nameOf);
  const went = before.filter((one) => !now.includes(one)).map(nameOf);
  const parts = [
    ...(came.length > 0 ? [`${add} ${listWords(came)}`] : []),
    ...(went.length > 0 ? [`${take} ${listWords(went)}`] : []),
  ];
  return parts.join(" and ") || "changed nothing";
}

const labelName = (view: Tables, key: string): string =>
  view.project.labels.find((label) => label.key === key)?.name ?? key;

function name(id: Json | undefined, { view }: Reader): string {
  const task = typeof id === "string" ? view.task(id) : undefined;
  return task ? taskName(view.project, task) : "a task that left the board";
}
