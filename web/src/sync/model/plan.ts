// One random plan: what people and faults do to two tabs, and what has to be true all along and in the end.

import { expect } from "vitest";
import type { Command } from "../model";
import type { Outcome } from "../outbox";
import { ProjectStore } from "../store";
import { me, other, projectId, stateOf } from "./server";
import { type Tab, World } from "./world";

type Step = (world: World, given: Given) => void | Promise<void>;

/** What this person asked for: each under a label of its own, so that a change is known again. */
class Given {
  readonly outcomes = new Map<string, Outcome | null>();
  /** Given while the device could not keep it, and its tab is gone. */
  readonly mayBeLost = new Set<string>();
  /** Whose event the server itself lost. */
  readonly lostByServer = new Set<string>();
  private count = 0;

  submit(world: World, tab: Tab, command: (mark: string) => Command): void {
    const mark = `mine ${++this.count}`;
    this.outcomes.set(mark, null);
    if (world.device.full) this.mayBeLost.add(mark);
    void tab.engine.submit(projectId, [command(mark)]).then(([outcome]) => this.outcomes.set(mark, outcome ?? null));
  }
}

const edit: Step = (world, given) => {
  const tab = world.random.pick(world.tabs.filter(({ process }) => !process.frozen));
  const task = world.random.pick([...(tab?.store?.view.tasks() ?? [])]);
  if (!tab?.store) return;
  const kind = world.random.below(4);
  const id = world.random.id();
  if (!task || kind === 0) given.submit(world, tab, (title) => ({ type: "task.create", id, title }));
  else if (kind === 1)
    given.submit(world, tab, (title) => ({
      type: "task.update",
      task: task.id,
      set: { title, description: `About ${title}` },
    }));
  else if (kind === 2) {
    const color = "#112233";
    given.submit(world, tab, (name) => ({ type: "label.put", key: name.replace(" ", "-"), name, color }));
  } else {
    const status = world.random.pick(["todo", "done"]) ?? "todo";
    void tab.engine.submit(projectId, [{ type: "task.move", task: task.id, status }]);
  }
};

const refusal: Step = (world) => {
  const tab = world.random.pick(world.tabs.filter(({ process }) => !process.frozen));
  void tab?.engine.submit(projectId, [{ type: "label.archive", key: "nothing" }]);
};

const others: Step = (world) => {
  const task = world.random.pick(world.server.taskIds());
  const command_id = world.random.id();
  const create = {
    type: "task.create",
    id: world.random.id(),
    title: "theirs",
    description: "Their text",
    command_id,
  } as const;
  const type = world.random.pick(["task.delete", "task.archive"] as const) ?? "task.delete";
  const remove = { type, task: task ?? "", command_id } as const;
  world.server.submit(other, [task && world.random.chance(0.3) ? remove : create]);
};

const lostAnswer: Step = (world) => {
  world.loseAnswers = 1 + world.random.below(2);
};

const doubledRequest: Step = (world) => {
  world.doubled = 1 + world.random.below(2);
};

const reload: Step = async (world, given) => {
  const tab = world.random.pick(world.tabs);
  if (!tab) return;
  await world.time.pass(0);
  if (tab.engine.state().notKept) for (const mark of given.outcomes.keys()) given.mayBeLost.add(mark);
  world.crash(tab);
  await world.openTab();
};

const freeze: Step = (world) => {
  const tab = world.random.pick(world.tabs);
  if (tab && !tab.process.frozen && world.tabs.filter(({ process }) => process.frozen).length === 0) {
    tab.process.frozen = true;
    tab.visible = false;
  } else thaw(world);
};

function thaw(world: World): void {
  for (const tab of world.tabs) {
    tab.process.frozen = false;
    tab.visible = true;
    tab.wake();
  }
}

const epoch: Step = (world, given) => {
  const lost = world.random.chance(0.5) ? world.random.below(3) : 0;
  for (const event of world.server.log.slice(world.server.log.length - lost)) {
    for (const mark of given.outcomes.keys()) if (names(event.data, mark)) given.lostByServer.add(mark);
  }
  world.server.restore(world.random.id().slice(0, 10), lost);
};

const removal: Step = (world) => world.server.setClosed(!world.server.closed);
const network: Step = (world) => world.setOnline(!world.online);
const fullDevice: Step = (world) => {
  world.device.full = !world.device.full;
};

const steps: readonly (readonly [number, Step])[] = [
  [40, edit],
  [5, refusal],
  [20, others],
  [8, lostAnswer],
  [6, doubledRequest],
  [5, reload],
  [6, freeze],
  [2, epoch],
  [2, removal],
  [8, network],
  [2, fullDevice],
];

export async function runPlan(seed: number): Promise<void> {
  const world = new World(seed);
  const given = new Given();
  await world.openTab();
  await world.openTab();
  for (let step = 0; step < 40; step += 1) {
    await pickStep(world)(world, given);
    await world.time.pass(world.random.pick([0, 10, 100, 1_000, 5_000]) ?? 0);
    for (const tab of world.tabs) expectViewIsConfirmedAndPending(tab);
  }
  await heal(world);
  for (const tab of world.tabs) expectInStep(world, tab);
  await expectEachOnce(world, given);
}

function pickStep(world: World): Step {
  let left = world.random.below(steps.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, step] of steps) {
    left -= weight;
    if (left < 0) return step;
  }
  return edit;
}

/** Everything works again, and who lost the project opens it again. */
async function heal(world: World): Promise<void> {
  world.device.full = false;
  world.loseAnswers = world.doubled = 0;
  world.setOnline(true);
  world.server.setClosed(false);
  thaw(world);
  await world.time.pass(5_000);
  for (const tab of world.tabs) tab.store = await reopened(world, tab);
  await world.time.pass(40_000);
}

async function reopened(world: World, tab: Tab): Promise<ProjectStore | null> {
  tab.engine.release(projectId);
  const opened = tab.engine.open(projectId);
  await world.time.pass(2_000);
  return opened;
}

function expectViewIsConfirmedAndPending({ store }: Tab): void {
  if (!store) return;
  store.flush();
  const { epoch, version, base } = store;
  const parts = {
    project: base.project,
    members: base.members(),
    tasks: [...base.tasks()],
    dependencies: base.allEdges(),
  };
  const fresh = new ProjectStore(me, { epoch, version, ...parts }, () => undefined);
  fresh.setPending(store.pending);
  expect(stateOf(store.view), "the view is what is confirmed with what is pending").toBe(stateOf(fresh.view));
}

function expectInStep(world: World, tab: Tab): void {
  expect(tab.engine.state(), "live, and nothing left to send").toMatchObject({ live: "live", kept: 0 });
  expect(tab.store?.version).toBe(world.server.version);
  expect(stateOf((tab.store as ProjectStore).base), "what is confirmed is what the server has").toBe(
    world.server.state(),
  );
  expect(stateOf((tab.store as ProjectStore).view)).toBe(world.server.state());
}

async function expectEachOnce(world: World, given: Given): Promise<void> {
  const refused = await world.device.all("refused");
  for (const [mark, outcome] of given.outcomes) {
    const events = world.server.log.filter((event) => names(event.data, mark)).length;
    expect(events, `${mark} is never doubled`).toBeLessThanOrEqual(1);
    const isRefused = refused.some(({ command }) => names(command, mark)) || listed(world, mark);
    if (given.mayBeLost.has(mark) || given.lostByServer.has(mark)) continue;
    const nothing = outcome?.kind === "done" && outcome.event === null;
    expect(events === 1 || isRefused || nothing, `${mark} is acknowledged or refused in sight`).toBe(true);
  }
}

function listed(world: World, mark: string): boolean {
  return world.tabs.some(({ engine }) =>
    engine.refused().some((one) => [one, ...one.under].some((each) => names(each.command, mark))),
  );
}

function names(value: unknown, mark: string): boolean {
  return JSON.stringify(value).includes(`"${mark}"`);
}
