import type { Id, ProjectEvent } from "../sync/model";
import type { Tables } from "../sync/tables";
import { fieldName } from "./problems";
import { listWords, statusName, taskName } from "./tasks";

/** The task that an event changed; of several the first. `null`: it changed no task that is still there. */
export function taskOf({ type, data }: ProjectEvent): Id | null {
  if (type === "task.created") return data.task.id;
  if (type === "task.restored" || type === "task.unarchived") return data.tasks[0]?.id ?? null;
  const ofTask = /^(task\.(updated|moved)|dependency\.|comment\.(added|deleted|restored))/.test(type);
  return ofTask ? data.task : null;
}

/** What an event did to a task, in words that follow a name: "moved it to Done". `null`: nothing that is worth a sentence. */
export function eventWords({ type, data }: ProjectEvent, task: Id, view: Tables): string | null {
  if (type === "task.deleted") return data.tasks.includes(task) ? "deleted it" : null;
  if (type === "task.archived") return data.tasks.includes(task) ? "archived it" : null;
  if (data.task !== task) return null;
  switch (type) {
    case "task.updated": {
      const fields = Object.keys(data.set).filter((field) => field !== "rank");
      return fields.length > 0 ? `changed the ${listWords(fields.map(fieldName))}` : null;
    }
    case "task.moved":
      return data.status === undefined ? null : `moved it to ${statusName(view.project, data.status)}`;
    case "comment.added":
      return "commented";
    case "dependency.added":
      return data.kind === "blocks" ? `made it wait for ${nameOf(data.on, view)}` : null;
    case "dependency.removed":
      return data.kind === "blocks" ? `made it wait no more for ${nameOf(data.on, view)}` : null;
    default:
      return null;
  }
}

function nameOf(id: Id, view: Tables): string {
  const task = view.task(id);
  return task ? taskName(view.project, task) : "a task that left the board";
}

/** Whether an event of this type takes tasks off the board, into the bin or the archive, or brings them back. */
export const movesOffOrOntoBoard = (type: string): boolean =>
  ["task.deleted", "task.restored", "task.archived", "task.unarchived"].includes(type);
