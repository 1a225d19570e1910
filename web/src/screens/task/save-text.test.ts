import { describe, expect, it } from "vitest";
import type { Outcome } from "../../sync/outbox";
import { type Described, type Place, saveText, saveTick } from "./save-text";

/** A task on a server, which somebody else changes before each of the first updates arrives. */
class Server implements Place {
  updates = 0;
  gone = false;

  constructor(
    public task: Described,
    private readonly others: Described[] = [],
  ) {}

  async update({ description }: { description: string }, expected: number): Promise<Outcome> {
    this.updates += 1;
    this.task = this.others.shift() ?? this.task;
    const { version } = this.task;
    if (version !== expected) {
      return { kind: "refused", problem: { code: "stale", status: 409, detail: "", current: version } };
    }
    this.task = { description, version: version + 1 };
    return { kind: "done", version: version + 1, event: null };
  }

  shown = () => this.task;
  after = async () => (this.gone ? null : this.task);
}

const base = "one\ntwo\nthree\nfour";
const begun = (text: string) => ({ text, base, version: 1 });

describe("saving a description", () => {
  it("that nobody else changed takes one command", async () => {
    const server = new Server({ description: base, version: 1 });
    expect(await saveText(server, begun("mine"))).toEqual({ kind: "saved" });
    expect(server.updates).toBe(1);
  });

  it("of a task that changed elsewhere only is sent again as it is", async () => {
    const server = new Server({ description: base, version: 1 }, [{ description: base, version: 7 }]);
    expect(await saveText(server, begun("mine"))).toEqual({ kind: "saved" });
    expect(server.task).toEqual({ description: "mine", version: 8 });
  });

  it("merges lines that do not touch, also when they change twice", async () => {
    const server = new Server({ description: base, version: 1 }, [
      { description: "ONE\ntwo\nthree\nfour", version: 2 },
      { description: "ONE!\ntwo\nthree\nfour", version: 3 },
    ]);
    expect(await saveText(server, begun("one\ntwo\nthree\nFOUR"))).toEqual({ kind: "merged", version: 4 });
    expect(server.task.description).toBe("ONE!\ntwo\nthree\nFOUR");
  });

  it("leaves the same line changed twice to be chosen, and writes nothing", async () => {
    const theirs = { description: "theirs\ntwo\nthree\nfour", version: 2 };
    const server = new Server({ description: base, version: 1 }, [theirs]);
    const saved = await saveText(server, begun("mine\ntwo\nthree\nfour"));
    expect(saved).toMatchObject({ kind: "conflict", theirs: theirs.description, version: 2 });
    expect(server.task).toEqual(theirs);
  });

  it("of a task that is gone is refused", async () => {
    const server = new Server({ description: base, version: 2 });
    server.gone = true;
    expect(await saveText(server, begun("mine"))).toMatchObject({ kind: "refused" });
  });

  it("ends when somebody is always faster", async () => {
    const others = Array.from({ length: 50 }, (_, at) => ({ description: base, version: at + 2 }));
    const server = new Server({ description: base, version: 1 }, others);
    expect(await saveText(server, begun("mine"))).toMatchObject({ kind: "refused" });
    expect(server.updates).toBe(10);
  });
});

describe("ticking a box", () => {
  const box = { line: 0, checked: false, content: "-  a" };

  it("changes its line on whatever the text is by then", async () => {
    const others = [{ description: "new\n- [ ] a\n- [x] b", version: 5 }];
    const server = new Server({ description: "- [ ] a\n- [ ] b", version: 1 }, others);
    expect(await saveTick(server, box, true)).toMatchObject({ kind: "done" });
    expect(server.task.description).toBe("new\n- [x] a\n- [x] b");
  });

  it("that is not there any more changes nothing", async () => {
    const server = new Server({ description: "- [ ] a", version: 1 }, [{ description: "nothing", version: 2 }]);
    expect(await saveTick(server, box, true)).toBeNull();
    expect(server.task.description).toBe("nothing");
  });
});
