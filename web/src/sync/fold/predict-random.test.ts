// Random commands on a view with what was predicted before on top, over a project that must stay as it is.

import { expect, it } from "vitest";
import type { Id, Json, Member, Project } from "../model";
import { Tables } from "../tables";
import { apply } from "./apply";
import { predict } from "./predict";
import { Dice, randomCommand } from "./random";
import { everythingOf, scan } from "./scan";

const at = "2026-11-03T10:00:00.000Z";

function project(owner: Id): Project {
  const categories = ["backlog", "open", "active", "done", "cancelled"] as const;
  const statuses = categories.map((category) => ({ key: category, name: category, category }));
  const [name, own] = ["Web shop", { created_at: at, created_by: owner, updated_at: at }];
  const rest = { description: "", labels: [], fields: [], blocked_gate: "finish", archived: false } as const;
  return { id: owner, key: "SHOP", name, workflow: { statuses }, ...rest, ...own };
}

function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return;
  Object.freeze(value);
  for (const member of Object.values(value as { [key: string]: Json })) freeze(member);
}

/** Predicts a command and shows it. Whatever the view has is frozen, so a change in place throws. */
function foretell(view: Tables, people: readonly Id[], dice: Dice): string | null {
  const command = { ...randomCommand(view, people, dice), command_id: dice.id() };
  freeze(command);
  const event = predict(view, command, { actor: people[0] ?? "", now: at, ...scan(view) });
  if (event === null || "refused" in event) return null;
  apply(view, event);
  freeze([view.project, ...view.tasks(), ...view.allEdges()]);
  return event.type;
}

function expectSound(view: Tables): void {
  const tasks = [...view.tasks()];
  expect(new Set(tasks.map(({ rank }) => rank)).size).toBe(tasks.length);
  expect(tasks.filter(({ parent }) => parent !== null && !view.task(parent))).toEqual([]);
  expect(tasks.filter(({ id }) => isBelowItself(view, id))).toEqual([]);
  expect(view.allEdges().filter(({ task, on }) => task === on || !view.task(task) || !view.task(on))).toEqual([]);
  expect(view.members().some(({ role }) => role === "owner")).toBe(true);
}

function isBelowItself(view: Tables, id: Id): boolean {
  let [above, steps] = [view.task(id)?.parent, 0];
  while (above && above !== id && steps < 1_000) [above, steps] = [view.task(above)?.parent, steps + 1];
  return above === id || steps === 1_000;
}

it.each(Array.from({ length: 40 }, (_, seed) => seed))("whatever is predicted fits (seed %i)", (seed) => {
  const dice = new Dice(seed);
  const people = [dice.id(), dice.id(), dice.id()];
  const members: Member[] = people.map((user) => ({ user, role: "owner" }));
  const confirmed = Tables.of({ project: project(people[0] ?? ""), members, tasks: [], dependencies: [] });
  for (let step = 0; step < 60; step += 1) foretell(confirmed, people, dice);
  const before = JSON.stringify(everythingOf(confirmed));
  const view = new Tables(confirmed);
  const types = new Set<string | null>();
  for (let step = 0; step < 60; step += 1) {
    types.add(foretell(view, people, dice));
    expectSound(view);
  }
  expect(types.size).toBeGreaterThan(4);
  expect(JSON.stringify(everythingOf(confirmed))).toBe(before);
});
