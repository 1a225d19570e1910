// What event the server will most probably make of a command, so that a change shows in the same frame.

import type { Command, Id, Member, Project, ProjectEvent, Workflow } from "../model";
import type { Tables } from "../tables";
import { against, isEmpty, same } from "./difference";
import { type Context, leadsTo, made, type Prediction, type Refusal, refuse, waitsFor } from "./judge";
import { createTask, leaveBoard, moveTask, updateTask } from "./predict-task";
import { ordered } from "./task";

export type { Context, Refusal };

type Rules = {
  readonly [T in Command["type"]]: (
    view: Tables,
    command: Extract<Command, { type: T }>,
    context: Context,
  ) => Prediction;
};

/** A view has no comments, nobody's followed tasks, nothing of the bin or the archive and no past. */
const unseen = () => null;

const rules: Rules = {
  "project.update": updateProject,
  "label.put": (view, { key, name, color }) =>
    changed(view.project.labels, { key, name, color, archived: false })
      ? made("label.put", { key, name, color })
      : null,
  "label.archive": (view, { key }) => {
    const label = view.project.labels.find((other) => other.key === key);
    if (!label) return refuse("label_not_found");
    return label.archived ? null : made("label.archived", { key });
  },
  "field.put": putField,
  "field.archive": (view, { key }) => {
    const field = view.project.fields.find((other) => other.key === key);
    if (!field) return refuse("field_not_found");
    return field.archived ? null : made("field.archived", { key });
  },
  "member.add": (view, { user, role }) => {
    const has = view.role(user);
    if (has === undefined) return made("member.added", { user, role });
    return has === role ? null : refuse("already_member");
  },
  "member.update": (view, { user, role }) => {
    if (view.role(user) === role) return null;
    return refusedLeave(view, user) ?? made("member.updated", { user, role });
  },
  "member.remove": (view, { user }) => refusedLeave(view, user) ?? made("member.removed", { user }),
  "task.create": createTask,
  "task.update": updateTask,
  "task.move": moveTask,
  "task.delete": (view, { task }, context) => leaveBoard("task.deleted", view, task, context),
  "task.archive": (view, { task }, context) => leaveBoard("task.archived", view, task, context),
  "dependency.add": addDependency,
  "dependency.remove": (view, { task, on, kind = "blocks" }) => {
    const edge = ordered({ task, on, kind });
    if (!view.task(task) || !view.task(on)) return refuse("task_not_found");
    return view.edges(task).some((other) => same(other, edge)) ? made("dependency.removed", edge) : null;
  },
  "comment.add": (view, { id, task, body, reply_to }) => {
    if (!view.task(task)) return refuse("task_not_found");
    return made("comment.added", { comment: id, task, body, ...(reply_to ? { reply_to } : {}) });
  },
  "comment.update": unseen,
  "comment.delete": unseen,
  "comment.restore": unseen,
  "comment.react": unseen,
  "task.watch": unseen,
  "task.unwatch": unseen,
  "task.restore": unseen,
  "task.unarchive": unseen,
  "event.undo": unseen,
};

/** Whether commands of this type can change a view at all. */
export function canForetell({ type }: Command): boolean {
  return rules[type] !== unseen;
}

/**
 * The event that a pending command will most probably become, for `apply` on a copy of `view`. Its version is 0. `null`: the view
 * stays as it is. A refusal: the server will most probably say no, so the view stays as it is too.
 */
export function predict(
  view: Tables,
  command: Command & { readonly command_id: Id },
  context: Context,
): ProjectEvent | Refusal | null {
  const rule = rules[command.type] as (view: Tables, command: Command, context: Context) => Prediction;
  const prediction = rule(view, command, context);
  if (prediction === null || "refused" in prediction) return prediction;
  const { actor, now: at } = context;
  return { project: view.project.id, version: 0, ...prediction, at, actor, command_id: command.command_id };
}

function updateProject(
  view: Tables,
  { set: { workflow, ...set } }: Extract<Command, { type: "project.update" }>,
  { order }: Context,
): Prediction {
  const wanted: Partial<Project> = workflow ? { ...set, workflow: written(workflow) } : set;
  const kept = new Set((workflow ?? view.project.workflow).statuses.map(({ key }) => key));
  const removed = view.project.workflow.statuses.filter(({ key }) => !kept.has(key));
  if (removed.some(({ key }) => order.column(key).length > 0)) return refuse("status_in_use");
  const left = against(wanted, view.project);
  return isEmpty(left) ? null : made("project.updated", { set: left });
}

/** A workflow as events have it: without members that are `null`. */
function written({ statuses, transitions }: Workflow): Workflow {
  return {
    statuses: statuses.map(({ limit, ...status }) => (limit ? { ...status, limit } : status)),
    ...(transitions ? { transitions } : {}),
  };
}

function putField(view: Tables, command: Extract<Command, { type: "field.put" }>): Prediction {
  const { key, name, field_type: type, options = null } = command;
  const field = view.project.fields.find((other) => other.key === key);
  if (field && field.type !== type) return refuse("field_type_fixed", { allowed: [field.type] });
  const isNew = changed(view.project.fields, { key, name, type, options, archived: false });
  return isNew ? made("field.put", { key, name, type, options }) : null;
}

/** Whether a list of definitions does not have this one as it is. */
function changed<T extends { readonly key: string }>(list: readonly T[], item: T): boolean {
  return !same(
    list.find(({ key }) => key === item.key),
    item,
  );
}

/** A member who is there, and not the last owner. */
function refusedLeave(view: Tables, user: Id): Refusal | null {
  const role = view.role(user);
  if (role === undefined) return refuse("member_not_found");
  const owners = (all: readonly Member[]) => all.filter((member) => member.role === "owner").length;
  return role === "owner" && owners(view.members()) === 1 ? refuse("last_owner") : null;
}

function addDependency(view: Tables, command: Extract<Command, { type: "dependency.add" }>): Prediction {
  const { task, on, kind } = ordered({ kind: "blocks", ...command });
  if (!view.task(task) || !view.task(on)) return refuse("task_not_found");
  if (view.edges(task).some((edge) => same(edge, { task, on, kind }))) return null;
  if (task === on && kind === "relates") return refuse("invalid_value");
  const closes = kind === "blocks" && leadsTo(on, task, (id) => waitsFor(view, id));
  return closes ? refuse("dependency_cycle") : made("dependency.added", { task, on, kind });
}
