// Random commands on a view, for tests. A seed gives the same ones again.

import type { Command, DependencyKind, Id, Json, JsonObject, Project, Role, Task, TaskFields } from "../model";
import type { Tables } from "../tables";

export class Dice {
  constructor(private state: number) {}

  /** A number from 0 to `end` - 1 (mulberry32). */
  below(end: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  of<T>(...options: [T, ...T[]]): T {
    return options[this.below(options.length)] as T;
  }

  any<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)];
  }

  some<T>(list: readonly T[]): T[] {
    return list.filter(() => this.below(3) === 0);
  }

  id(): Id {
    const hex = Array.from({ length: 30 }, () => this.below(16).toString(16)).join("");
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${hex.slice(18, 30)}`;
  }
}

const keys = ["size", "__proto__", "constructor", "a-b"] as const;
const days = ["2026-12-24", "2027-02-28", null] as const;

/** A command that makes sense for a project, or nearly: some are to be refused, and some change nothing. */
export function randomCommand(view: Tables, people: readonly Id[], dice: Dice): Command {
  const tasks = [...view.tasks()];
  const task = dice.below(40) === 0 ? dice.id() : (dice.any(tasks)?.id ?? dice.id());
  const other = dice.any(tasks)?.id ?? dice.id();
  const kind = dice.of<DependencyKind>("blocks", "blocks", "relates");
  const [user, role] = [dice.any(people) ?? "", dice.of<Role>("owner", "editor", "viewer")];
  const makers: [number, () => Command][] = [
    [
      4,
      () => ({
        type: "task.create",
        id: dice.id(),
        title: "New",
        ...randomFields(view, people, dice),
        ...place(tasks, dice),
      }),
    ],
    [6, () => randomUpdate(view, task, people, dice)],
    [8, () => ({ type: "task.move", task, ...status(view, dice), ...place(tasks, dice), ...override(dice) })],
    [1, () => ({ type: "task.delete", task })],
    [1, () => ({ type: "task.archive", task })],
    [3, () => ({ type: "dependency.add", task, on: other, kind })],
    [2, () => ({ type: "dependency.remove", task, on: other, kind })],
    [1, () => ({ type: "comment.add", id: dice.id(), task, body: "A word" })],
    [
      1,
      () => ({
        type: "label.put",
        key: dice.of(...keys),
        name: dice.of("One", "Two"),
        color: dice.of("#aabbcc", "#112233"),
      }),
    ],
    [1, () => ({ type: "label.archive", key: dice.of(...keys) })],
    [1, () => randomField(dice)],
    [1, () => ({ type: "field.archive", key: dice.of(...keys) })],
    [1, () => ({ type: "member.add", user, role })],
    [1, () => ({ type: "member.update", user, role })],
    [1, () => ({ type: "member.remove", user })],
    [1, () => randomProject(view, dice)],
  ];
  const wheel = makers.flatMap(([weight, make]) => Array.from({ length: weight }, () => make));
  return (wheel[dice.below(wheel.length)] as () => Command)();
}

function randomUpdate(view: Tables, task: Id, people: readonly Id[], dice: Dice): Command {
  const version = view.task(task)?.version ?? 0;
  return {
    type: "task.update",
    task,
    set: { ...randomFields(view, people, dice), ...(dice.below(4) === 0 ? { title: dice.of("One", "Two") } : {}) },
    ...(dice.below(4) === 0 ? { add: { assignees: dice.some(people), labels: dice.some(keys) } } : {}),
    ...(dice.below(4) === 0 ? { remove: { assignees: dice.some(people), labels: dice.some(keys) } } : {}),
    ...(dice.below(8) === 0 && version > 0 ? { expect: dice.of(version, 1) } : {}),
    ...override(dice),
  };
}

function randomFields(view: Tables, people: readonly Id[], dice: Dice): TaskFields {
  const all: Required<Omit<TaskFields, "title" | "status">> = {
    description: dice.of("", "**Twice**"),
    assignees: dice.some(people),
    labels: dice.some(keys),
    priority: dice.of("none", "low", "high"),
    start_on: dice.of(...days),
    due_on: dice.of(...days),
    estimate: dice.of(null, 0, 3),
    parent: dice.below(4) === 0 ? null : (dice.any([...view.tasks()])?.id ?? null),
    config: randomObject(dice, 3),
    fields: dice.below(3) === 0 ? { [dice.of(...keys)]: dice.of("one", null) } : {},
  };
  const chosen = Object.entries(all).filter(() => dice.below(5) === 0);
  return { ...Object.fromEntries(chosen), ...(dice.below(4) === 0 ? status(view, dice) : {}) };
}

function randomObject(dice: Dice, depth: number): JsonObject {
  const value = () =>
    depth > 0 && dice.below(2) === 0 ? randomObject(dice, depth - 1) : dice.of<Json>(null, 1, 0.1, "x", [1, null]);
  return Object.fromEntries(dice.some(keys).map((key) => [key, value()]));
}

function status(view: Tables, dice: Dice): { status?: string } {
  const key = dice.any(view.project.workflow.statuses)?.key;
  return key === undefined || dice.below(2) === 0 ? {} : { status: dice.below(30) === 0 ? "nowhere" : key };
}

function place(tasks: readonly Task[], dice: Dice): { after?: Id; before?: Id } {
  const [id, where] = [dice.any(tasks)?.id, dice.below(3)];
  if (id === undefined || where === 0) return {};
  return where === 1 ? { after: id } : { before: id };
}

function override(dice: Dice): { override?: boolean } {
  return dice.below(4) === 0 ? { override: true } : {};
}

function randomField(dice: Dice): Command {
  const [key, name] = [dice.of(...keys), dice.of("One", "Two")];
  if (dice.below(2) === 0) return { type: "field.put", key, name, field_type: "text" };
  return {
    type: "field.put",
    key,
    name,
    field_type: "select",
    options: [{ key: "one", name: dice.of("Small", "Large") }],
  };
}

function randomProject(view: Tables, dice: Dice): Command {
  const { statuses } = view.project.workflow;
  const transitions = dice.of(
    null,
    Object.fromEntries(statuses.map(({ key }) => [key, dice.some(statuses).map((to) => to.key)])),
  );
  return {
    type: "project.update",
    set: dice.of(
      { name: dice.of("One", "Two") },
      { blocked_gate: dice.of<Project["blocked_gate"]>("finish", "start", "off") },
      { workflow: { statuses, transitions } },
      { workflow: { statuses: statuses.map((one) => ({ ...one, limit: dice.of(null, 5) })) } },
      { workflow: { statuses: statuses.slice(dice.below(2)) } },
    ),
  };
}
