// A change in words, for lists of what waits or was refused.

import type { Command, Id } from "../sync/model";
import type { Tables } from "../sync/tables";
import { fieldName } from "./problems";
import { listWords, statusName, taskName } from "./tasks";

/** What a command does: "Move SHOP-12 to Done". Without a view, as when its project is not open, it names no task. */
export function commandWords(command: Command, view: Tables | null): string {
  const task = (id: Id): string => {
    const found = view?.task(id);
    return found && view ? taskName(view.project, found) : "a task";
  };
  const column = (key: string): string => (view ? statusName(view.project, key) : key);
  switch (command.type) {
    case "task.create":
      return `Create “${command.title}”`;
    case "task.update":
      return `Change ${listWords(changed(command))} of ${task(command.task)}`;
    case "task.move":
      return command.status ? `Move ${task(command.task)} to ${column(command.status)}` : `Move ${task(command.task)}`;
    case "task.delete":
      return `Delete ${task(command.task)}`;
    case "task.archive":
      return `Archive ${task(command.task)}`;
    case "task.restore":
    case "task.unarchive":
      return `Bring ${task(command.task)} back`;
    case "comment.add":
      return `Comment on ${task(command.task)}`;
    case "dependency.add":
      return `Let ${task(command.task)} wait for ${task(command.on)}`;
    default:
      return others[command.type];
  }
}

type OfTask =
  | "task.create"
  | "task.update"
  | "task.move"
  | "task.delete"
  | "task.restore"
  | "task.archive"
  | "task.unarchive";
type Other = Exclude<Command["type"], OfTask | "comment.add" | "dependency.add">;

const others: Record<Other, string> = {
  "project.update": "Change the project",
  "label.put": "Change a label",
  "label.archive": "Archive a label",
  "field.put": "Change a field",
  "field.archive": "Archive a field",
  "member.add": "Add a member",
  "member.update": "Change a role",
  "member.remove": "Remove a member",
  "task.watch": "Watch a task",
  "task.unwatch": "Watch a task no more",
  "dependency.remove": "Take a dependency away",
  "comment.update": "Change a comment",
  "comment.delete": "Delete a comment",
  "comment.restore": "Bring a comment back",
  "comment.react": "React to a comment",
  "event.undo": "Undo a change",
};

function changed(command: Extract<Command, { type: "task.update" }>): string[] {
  const { set = {}, add = {}, remove = {} } = command;
  return [...new Set([set, add, remove].flatMap((part) => Object.keys(part)))].map(fieldName);
}

/** The text in a command that somebody wrote: what is lost if the command is let go. */
export function writtenIn(command: Command): string | null {
  switch (command.type) {
    case "task.create":
      return [command.title, command.description].filter(Boolean).join("\n\n");
    case "task.update":
      return command.set?.description ?? command.set?.title ?? null;
    case "comment.add":
    case "comment.update":
      return command.body;
    default:
      return null;
  }
}
