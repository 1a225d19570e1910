import { beforeEach, describe, expect, it, vi } from "vitest";
import { apply } from "./fold/apply";
import { canForetell, predict } from "./fold/predict";
import { Dice, randomCommand } from "./fold/random";
import { everythingOf, scan } from "./fold/scan";
import type { Pending } from "./forecast";
import type { Command, Id, ProjectEvent, Snapshot } from "./model";
import { ProjectStore } from "./store";
import { Tables } from "./tables";

vi.mock("./fold/predict", { spy: true });
const { predict: predictOf } = await vi.importActual<{ predict: typeof predict }>("./fold/predict");

const at = "2026-11-03T10:00:00.000Z";
const later = "2026-11-03T10:00:07.000Z";

/** A server that has the rules of predictions: what a page foresees comes true, unless something else came first. */
class Truth {
  readonly tables: Tables;
  version: number;

  constructor(
    snapshot: Snapshot,
    /** Whether it gives a task another place than was foreseen. */
    private readonly isOdd: () => boolean = () => false,
  ) {
    this.tables = Tables.of(snapshot);
    this.version = snapshot.version;
  }

  /** The event of a command, with what a server gives to it. `null`: refused, or nothing changed. */
  decide(actor: Id, command: Pending["command"]): ProjectEvent | null {
    const made = predictOf(this.tables, command, { actor, now: later, ...scan(this.tables) });
    if (made === null || "refused" in made) return null;
    this.version += 1;
    const event = { ...made, data: this.given(made), version: this.version };
    apply(this.tables, event);
    return event;
  }

  private given({ type, data }: ProjectEvent): ProjectEvent["data"] {
    if (type === "task.created") return { ...data, task: { ...data.task, number: this.version } };
    return type === "task.moved" && this.isOdd() ? { ...data, rank: `${data.rank}V` } : data;
  }
}

function project(people: readonly Id[], tasks: number): Snapshot {
  const keys = ["todo", "doing", "done"] as const;
  const categories = { todo: "open", doing: "active", done: "done" } as const;
  const statuses = keys.map((key) => ({ key, name: key, category: categories[key] }));
  const about = { id: "p", key: "SHOP", name: "Shop", description: "", workflow: { statuses }, labels: [], fields: [] };
  const rest = { blocked_gate: "finish" as const, archived: false, created_at: at, created_by: "a", updated_at: at };
  const empty = { description: "", assignees: [], labels: [], priority: "none", config: {}, fields: {} } as const;
  const open = { start_on: null, due_on: null, estimate: null, parent: null, comment_count: 0 };
  const made = { version: 1, created_at: at, created_by: "a", updated_at: at };
  return {
    epoch: "e",
    version: 1,
    project: { ...about, ...rest },
    members: people.map((user) => ({ user, role: "owner" })),
    tasks: Array.from({ length: tasks }, (_, n) => {
      const number = n + 1;
      const rank = `a${String.fromCharCode(97 + n / 26, 97 + (n % 26), 109)}`;
      return {
        id: `t${number}`,
        number,
        title: "Task",
        status: keys[n % 3] ?? "todo",
        rank,
        ...empty,
        ...open,
        ...made,
      };
    }),
    dependencies: [],
  };
}

/** How many were made since the mock was cleared. */
const predictions = () => vi.mocked(predict).mock.calls.length;
let frames: (() => void)[];
const frame = () => frames.splice(0).forEach((flush) => void flush());
const storeOf = (me: Id, snapshot: Snapshot) => new ProjectStore(me, snapshot, (flush) => frames.push(flush));

function shown(store: ProjectStore) {
  const columns = store.view.project.workflow.statuses.map(({ key }) => store.column(key));
  const below = [...store.view.tasks()].map(({ id }) => [...store.children(id)].sort());
  return { ...everythingOf(store.view), columns, below: below.filter((ids) => ids.length > 0).sort() };
}

beforeEach(() => {
  frames = [];
});

describe("what is pending on top of what is confirmed", () => {
  it.each(Array.from({ length: 60 }, (_, seed) => seed))("is as if it were predicted anew (seed %i)", (seed) => {
    const dice = new Dice(seed);
    const people = [dice.id(), dice.id()];
    const [me, other] = people as [Id, Id];
    const store = storeOf(me, project(people, 12));
    const isOdd = () => dice.below(4) === 0;
    let truth = new Truth(project(people, 12), isOdd);
    let before = project(people, 12);
    let pending: Pending[] = [];
    const named = (view: Tables) => ({ ...randomCommand(view, people, dice), command_id: dice.id() });
    const give = () => {
      pending = [...pending, { command: named(store.view), at }];
      store.setPending(pending);
    };
    const arrive = (event: ProjectEvent | null) => {
      if (event) store.receive([event]);
      store.setPending(pending);
    };
    const answer = () => {
      const first = pending[0];
      pending = pending.slice(1);
      if (first) arrive(truth.decide(me, first.command));
    };
    const withdraw = () => {
      pending = pending.filter(() => dice.below(4) > 0);
      store.setPending(pending);
    };
    const somebodyElse = () => arrive(truth.decide(other, named(truth.tables)));
    /** The server begins anew, where it was a while ago. */
    const anew = () => {
      truth = new Truth(before, isOdd);
      store.replace(before);
    };
    const note = () => {
      before = { epoch: dice.id(), version: truth.version, ...everythingOf(truth.tables) };
    };
    const often = [give, give, give, give, answer, answer, answer, answer, frame, frame];
    const steps = [...often, ...often, withdraw, somebodyElse, somebodyElse, note, anew];
    for (let step = 0; step < 200; step += 1) {
      dice.any(steps)?.();
      if (dice.below(3) > 0) continue;
      store.flush();
      const { epoch, version, base } = store;
      expect(version).toBe(truth.version);
      const fresh = storeOf(me, { epoch, version, ...everythingOf(base) });
      fresh.setPending(pending);
      expect(shown(store)).toEqual(shown(fresh));
    }
  });
});

it("is nowhere after a new beginning when it came and went within a frame", () => {
  const [store, truth] = [storeOf("a", project(["a"], 3)), new Truth(project(["a"], 3))];
  const create = { type: "task.create" as const, id: "new", title: "New", command_id: "create" };
  store.setPending([{ command: create, at }]);
  const remove = { type: "task.delete" as const, task: "new", command_id: "delete" };
  store.receive([create, remove].flatMap((command) => truth.decide("a", command) ?? []));
  store.setPending([]);
  store.replace({ ...project(["a"], 3), version: 4 });
  expect(shown(store)).toEqual(shown(storeOf("a", project(["a"], 3))));
});

describe("n pending commands", () => {
  const n = 100;
  let store: ProjectStore;
  let truth: Truth;

  beforeEach(() => {
    store = storeOf("a", project(["a", "b"], n));
    truth = new Truth(project(["a", "b"], n));
  });

  const given = (commands: readonly Command[]): Pending[] =>
    commands.map((command) => ({ command: { ...command, command_id: crypto.randomUUID() }, at }));
  const each = (make: (task: Id) => Command) => given(project(["a"], n).tasks.map(({ id }) => make(id)));

  /** All are given, then each is answered by its event, a frame apart. */
  function answerOneByOne(pending: readonly Pending[]): number {
    vi.mocked(predict).mockClear();
    store.setPending(pending);
    const before = predictions();
    expect(before).toBe(pending.filter(({ command }) => canForetell(command)).length);
    const events = pending.map(({ command }) => truth.decide("a", command));
    vi.mocked(predict).mockClear();
    events.forEach((event, index) => {
      if (event) store.receive([event]);
      store.setPending(pending.slice(index + 1));
      frame();
    });
    expect(everythingOf(store.view)).toEqual(everythingOf(truth.tables));
    return before + predictions();
  }

  it("cost n predictions when they are archived, with their n events", () => {
    expect(answerOneByOne(each((task) => ({ type: "task.archive", task })))).toBe(n);
  });

  it("cost n predictions when they move to another column, or are made", () => {
    expect(answerOneByOne(each((task) => ({ type: "task.move", task, status: "done" })))).toBe(n);
    const made = each((task) => ({ type: "task.create", id: `new ${task}`, title: "New" }));
    expect(answerOneByOne(made)).toBe(n);
  });

  it("cost n predictions when each waits for the one before, and all leave the board", () => {
    const ids = project(["a"], n).tasks.map(({ id }) => id);
    const edges = ids.slice(1).map((task, index): Command => ({ type: "dependency.add", task, on: ids[index] ?? "" }));
    for (const { command } of given(edges)) {
      const event = truth.decide("b", command);
      if (event) store.receive([event]);
    }
    frame();
    expect(answerOneByOne(each((task) => ({ type: "task.archive", task })))).toBe(n);
  });

  it("are not predicted anew when one that had no effect is answered", () => {
    const pending = each((task) => ({ type: "task.update", task, set: { title: "Task" } }));
    expect(answerOneByOne(pending)).toBe(n);
  });

  it("cost none when nothing can be foreseen of them", () => {
    expect(answerOneByOne(each(() => ({ type: "event.undo", version: 1 })))).toBe(0);
  });

  it("cost n predictions when they are given one by one", () => {
    const pending = each((task) => ({ type: "task.update", task, set: { title: "New" } }));
    vi.mocked(predict).mockClear();
    for (let count = 1; count <= n; count += 1) store.setPending(pending.slice(0, count));
    expect(predictions()).toBe(n);
  });

  it("are predicted anew once a frame, however much of others comes in it", () => {
    const pending = each((task) => ({ type: "task.update", task, set: { title: "New" } }));
    store.setPending(pending);
    vi.mocked(predict).mockClear();
    for (const { command } of each((task) => ({ type: "task.update", task, set: { priority: "high" } }))) {
      const event = truth.decide("b", command);
      if (event) store.receive([event]);
      store.setPending(pending);
    }
    expect(predictions()).toBe(0);
    frame();
    expect(predictions()).toBe(n);
    expect(store.task("t1")).toMatchObject({ title: "New", priority: "high" });
  });
});
