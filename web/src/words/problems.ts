// Every refusal in words, with a way on. The codes are those of docs/API.md.

import type { People } from "../people/people";
import type { Command, Id, Problem, Project } from "../sync/model";
import type { Tables } from "../sync/tables";
import { listWords, statusName, taskName } from "./tasks";

export interface Explained {
  readonly text: string;
  /** The tasks that stand in the way, to be opened. */
  readonly tasks: readonly TaskRef[];
  /** An owner may do it all the same. */
  readonly override: boolean;
}

export interface TaskRef {
  readonly id: Id;
  readonly number: number;
  readonly title: string;
}

export interface About {
  readonly view: Tables;
  readonly people: People;
  /** Who reads it. */
  readonly me: Id;
  /** What was refused. */
  readonly command?: Command;
}

type Words = (problem: Problem, about: About) => string;

const words: Record<string, Words> = {
  blocked: (problem, about) => {
    const blockers = refs(problem["blockers"]).map((task) => taskName(about.view.project, task));
    return `${subject(about)} waits for ${listWords(blockers)}.`;
  },
  dependency_cycle: (problem, about) => {
    const { view, command } = about;
    if (command?.type === "task.update") return `${subject(about)} can't stand below one of its own subtasks.`;
    const path = refs(problem["path"]).map((task) => taskName(view.project, task));
    if (path.length < 2) return "That would close a circle of tasks that wait for each other.";
    return `That would close a circle: ${path.join(" waits for ")}.`;
  },
  stale: (_, about) => `${subject(about)} was changed by somebody else at the same time.`,
  transition_not_allowed: (problem, { view }) => {
    const allowed = texts(problem["allowed"]).map((key) => statusName(view.project, key));
    const from = statusName(view.project, String(problem["from"] ?? ""));
    return allowed.length > 0 ? `${from} leads to ${listWords(allowed)} only.` : `${from} is the last step.`;
  },
  unknown_status: () => "This column was removed. Choose another one.",
  status_in_use: (problem, { view }) => {
    const used = texts(problem["statuses"]).map((key) => statusName(view.project, key));
    return `There are still tasks in ${listWords(used)}. Move them to another column first.`;
  },
  unknown_assignee: (problem, { people }) => {
    const gone = texts(problem["users"]).map((id) => people.name(id));
    return gone.length > 0
      ? `${listWords(gone)} ${gone.length > 1 ? "are" : "is"} not a member of the project, so nothing can be assigned to them.`
      : "Only members of the project can be assigned.";
  },
  unknown_label: () => "The label was archived or never was. Choose another one.",
  too_many_labels: () => "The project has as many labels as it can have, archived ones among them. Rename one instead.",
  too_many_fields: () => "The project has as many fields as it can have, archived ones among them. Rename one instead.",
  fields_too_large: () => "The fields hold too much text. Shorten one of them.",
  task_deleted: (_, about) => `${subject(about)} was deleted meanwhile. Bring it back to change it.`,
  task_archived: (_, about) => `${subject(about)} was archived meanwhile. Bring it back to change it.`,
  task_not_found: (_, about) => `${subject(about)} is not there any more.`,
  comment_deleted: () => "The comment was deleted meanwhile.",
  comment_not_found: () => "The comment is not there any more.",
  not_author: () => "Only its author or an owner can change a comment.",
  project_archived: () => "The project is archived and can only be read. An owner can take it out of the archive.",
  forbidden: (problem) =>
    `You need the role ${String(problem["needs"] ?? "editor")} for this. Ask an owner of the project.`,
  not_found: () => "The project is not there any more, or you are no member of it any more.",
  too_large_to_delete: () =>
    "There is too much below this task to delete it at once. Delete some of its subtasks first.",
  too_large_to_archive: () =>
    "There is too much below this task to archive it at once. Archive some of its subtasks first.",
  graph_too_large: () => "Too many tasks wait for each other to check this one.",
  too_many_watchers: (problem) => `${String(problem["most"] ?? 500)} people follow this task; more can't.`,
  undo_conflict: (problem) =>
    `This can't be undone: ${listWords(texts(problem["fields"]).map(fieldName))} changed again since.`,
  cannot_undo: () => "This can't be undone.",
  event_not_found: () => "This can't be undone: the change is not known any more.",
  depends_on_refused: () => "It belongs to something that was refused.",
  id_taken: () => "It is there already.",
  label_not_found: () => "The label is not there any more.",
  field_not_found: () => "The field is not there any more.",
  member_not_found: () => "That person is not a member any more.",
  field_type_fixed: () => "A field's type never changes. Make another field.",
  last_owner: () => "A project keeps at least one owner. Make somebody else an owner first.",
  already_member: () => "This person is a member already.",
  unknown_user: () => "You don't share a project with this person. Invite them by a link.",
  project_busy: () => "Too much is being changed in the project just now. Try again in a moment.",
  unavailable: () => "The server can't save just now. Nothing was changed; try again in a moment.",
};

/** Why something was refused, and what can be done. */
export function explain(problem: Problem, about: About): Explained {
  const text = words[problem.code]?.(problem, about) ?? detailOf(problem);
  const isBlocked = problem.code === "blocked";
  const tasks = isBlocked
    ? refs(problem["blockers"])
    : problem.code === "dependency_cycle"
      ? inner(problem, about)
      : [];
  return { text, tasks, override: isBlocked && about.view.role(about.me) === "owner" };
}

/** The tasks of a circle, each once, without the one that is looked at. */
function inner(problem: Problem, { command }: About): TaskRef[] {
  const here = command && "task" in command ? command.task : "";
  return refs(problem["path"]).filter(
    ({ id }, at, path) => id !== here && path.findIndex((one) => one.id === id) === at,
  );
}

/** What a value is refused for stands in `errors`; else `detail` says it. */
function detailOf({ detail, errors }: Problem): string {
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const said = isObject(first) && typeof first["detail"] === "string" ? first["detail"] : detail;
  const sentence = said.charAt(0).toUpperCase() + said.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

function subject({ view, command }: About): string {
  const id = command && "task" in command ? command.task : undefined;
  const task = id === undefined ? undefined : view.task(id);
  return task ? taskName(view.project, task) : "The task";
}

const names: Record<string, string> = {
  start_on: "start",
  due_on: "due date",
  blocked_gate: "rule for blocked tasks",
  workflow: "columns",
  fields: "fields",
};

/** What people call a field of a task or of the project. */
export const fieldName = (field: string): string => names[field] ?? field.replaceAll("_", " ");

export function projectFieldName(project: Project, key: string): string {
  return project.fields.find((field) => field.key === key)?.name ?? key;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

function refs(value: unknown): TaskRef[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    if (!isObject(one) || typeof one["id"] !== "string") return [];
    return [{ id: one["id"], number: Number(one["number"] ?? 0), title: String(one["title"] ?? "") }];
  });
}
