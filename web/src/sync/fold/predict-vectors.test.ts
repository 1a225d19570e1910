// @vitest-environment node
// Predictions against what a server said to the same commands. With LOCKSTEP_TEST_SERVER, the address of a server with the demo
// accounts, the commands are sent anew and its answers are written down.

import { readFileSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { Command, Id, ProjectEvent, Snapshot, Task } from "../model";
import { Tables } from "../tables";
import { apply } from "./apply";
import { predict, type Refusal } from "./predict";
import { Dice, randomCommand } from "./random";
import { everythingOf, scan } from "./scan";

type Refused = Omit<Refusal, "refused">;
/** Without an event nothing changed. */
type Answer = { event: ProjectEvent | null } | { problem: Refused };
type Step = { command: Command & { command_id: Id } } & Answer;

interface Recorded {
  actor: Id;
  snapshot: Snapshot;
  steps: Step[];
}

const server = process.env["LOCKSTEP_TEST_SERVER"];
const file = new URL("../vectors/predict.json", import.meta.url);
const now = "2026-11-03T10:00:00.000Z";
/** Rules that a prediction leaves to the server. */
const leftOut = ["unknown_assignee", "unknown_label", "unknown_field", "unknown_user"];

it.runIf(server)("a server answers random commands", { timeout: 120_000 }, async () => {
  const recorded = await record(`${server}/api/v1`, 500);
  const lines = recorded.steps.map((step) => JSON.stringify(step)).join(",\n");
  writeFileSync(file, `${JSON.stringify({ ...recorded, steps: [] }).slice(0, -2)}\n${lines}\n]}\n`);
});

it("what is predicted is what the server said", () => {
  const { actor, snapshot, steps }: Recorded = JSON.parse(readFileSync(file, "utf8"));
  const tables = Tables.of(snapshot);
  let gone = false;
  const came = new Set<string>();
  for (const step of steps) {
    expectSame(tables, step, actor, !gone);
    const event = "event" in step ? step.event : null;
    came.add("problem" in step ? step.problem.code : (event?.type ?? "nothing"));
    // Tasks in the bin and the archive keep their ranks, which only the server knows.
    gone ||= event?.type === "task.deleted" || event?.type === "task.archived";
    if (event) apply(tables, event);
  }
  expect(came.size).toBeGreaterThan(25);
});

function expectSame(tables: Tables, { command, ...answer }: Step, actor: Id, ranks: boolean): void {
  const guess = predict(tables, command, { actor, now, ...scan(tables) });
  const about = JSON.stringify({ command, guess });
  if ("problem" in answer) {
    if (leftOut.includes(answer.problem.code)) return;
    expect(answer.problem, about).toEqual(guess && "refused" in guess ? without(guess, "refused") : "an event");
  } else if (!answer.event) {
    expect(guess, about).toBeNull();
  } else {
    const made = guess && !("refused" in guess) ? guess : { type: "none", data: null };
    expect(made.type, about).toBe(answer.event.type);
    const stamped = { ...answer.event, data: numbered(made.data, answer.event), reranked: [] };
    expect(outcome(tables, stamped, ranks), about).toEqual(outcome(tables, answer.event, ranks));
  }
}

/** The predicted data with the number that the server gave. */
function numbered(data: ProjectEvent["data"], { type, data: said }: ProjectEvent): ProjectEvent["data"] {
  return type === "task.created" ? { ...data, task: { ...data.task, number: said.task.number } } : data;
}

/** What an event makes of a project, with the order in each column; the ranks themselves only if they are asked for. */
function outcome(tables: Tables, event: ProjectEvent, ranks: boolean) {
  const view = new Tables(tables);
  apply(view, event);
  const { tasks, ...rest } = everythingOf(view);
  const { order } = scan(view);
  const columns = view.project.workflow.statuses.map(({ key }) => order.column(key));
  return { ...rest, columns, tasks: ranks ? tasks : tasks.map((task): Omit<Task, "rank"> => without(task, "rank")) };
}

function without<T extends object, K extends keyof T>(object: T, key: K): Omit<T, K> {
  const { [key]: _, ...rest } = object;
  return rest;
}

async function record(base: string, count: number): Promise<Recorded> {
  const accounts = await Promise.all(["mira", "jonas", "aiko"].map((name) => logIn(base, name)));
  const people = accounts.map(({ user }) => user.id);
  const [actor = "", ...others] = people;
  const ask = <T>(path: string, body?: unknown, method?: string) =>
    call<T>(base, path, body, accounts[0]?.access_token, method);
  const { project } = await ask<{ project: { id: Id } }>("projects", { name: "Predictions" });
  const own = `projects/${project.id}`;
  const send = (command: Command) =>
    ask<{ results: [Answer] }>(`${own}/commands`, { commands: [command], atomic: false });
  for (const user of others) await send({ type: "member.add", user, role: "owner" });
  const snapshot = await ask<Snapshot>(`${own}/snapshot`);
  const tables = Tables.of(snapshot);
  const dice = new Dice(1);
  const steps: Step[] = [];
  while (steps.length < count) {
    const command = { ...randomCommand(tables, people, dice), command_id: dice.id() };
    const leaves = command.type === "task.delete" || command.type === "task.archive";
    const isEarly = leaves && steps.length < count / 2;
    if (isEarly || ("user" in command && command.user === actor)) continue;
    const [answer] = (await send(command)).results;
    if ("event" in answer && answer.event) apply(tables, answer.event);
    steps.push({ command, ...("event" in answer ? { event: answer.event } : { problem: judged(answer.problem) }) });
  }
  await ask(own, undefined, "DELETE");
  return { actor, snapshot, steps };
}

/** What a prediction can say of a problem. */
function judged({ code, allowed, blockers }: Refused): Refused {
  return { code, ...(allowed ? { allowed } : {}), ...(blockers ? { blockers } : {}) };
}

function logIn(base: string, name: string): Promise<{ user: { id: Id }; access_token: string }> {
  return call(base, "auth/login", { email: `${name}@demo.test`, password: "lockstep-demo", cookie: false });
}

async function call<T>(base: string, path: string, body: unknown, token?: string, method?: string): Promise<T> {
  const response = await fetch(`${base}/${path}`, {
    method: method ?? (body ? "POST" : "GET"),
    headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
    body: body ? JSON.stringify(body) : null,
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
