// What this person did in a project in this tab, to take it back and bring it again. The commands of one doing go together.

import type { Command, Id } from "./model";
import type { Outcome } from "./outbox";

export interface UndoHost {
  submit(project: Id, commands: readonly Command[], group: Id): Promise<Outcome[]>;
  /** Takes out of the queue what was never sent; its outcome is then that nothing changed. */
  withdraw(group: Id): void;
  newId(): Id;
}

/** What was taken back or brought again, and what became of it. */
export interface Undone {
  readonly commands: readonly Command[];
  readonly outcomes: readonly Outcome[];
}

interface Doing {
  readonly group: Id;
  /** What the person did first, however often it was taken back and brought again. */
  readonly named: readonly Command[];
  readonly commands: readonly Command[];
  readonly outcomes: Promise<Outcome[]>;
  /** It never happened: bringing it again is doing it. */
  readonly withdrawn?: boolean;
}

interface Past {
  readonly done: Doing[];
  readonly undone: Doing[];
}

const most = 100;

export class Undo {
  private readonly pasts = new Map<Id, Past>();

  constructor(private readonly host: UndoHost) {}

  submit(project: Id, commands: readonly Command[]): Promise<Outcome[]> {
    const past = this.past(project);
    const doing = this.do(project, commands, commands);
    past.undone.length = 0;
    past.done.push(doing);
    if (past.done.length > most) past.done.shift();
    return doing.outcomes;
  }

  /** `null`: there is nothing to take back. */
  undo(project: Id): Promise<Undone | null> {
    const { done, undone } = this.past(project);
    return this.turn(project, done, undone);
  }

  redo(project: Id): Promise<Undone | null> {
    const { done, undone } = this.past(project);
    return this.turn(project, undone, done);
  }

  private async turn(project: Id, from: Doing[], to: Doing[]): Promise<Undone | null> {
    const doing = from.pop();
    if (!doing) return null;
    if (doing.withdrawn) {
      const again = this.do(project, doing.commands, doing.named);
      to.push(again);
      return { commands: doing.named, outcomes: await again.outcomes };
    }
    this.host.withdraw(doing.group);
    const outcomes = await doing.outcomes;
    const back = outcomes.flatMap((outcome) => backOf(outcome)).reverse();
    if (back.length === 0) {
      if (outcomes.every(isWithdrawn)) to.push({ ...doing, withdrawn: true });
      return { commands: doing.named, outcomes };
    }
    const turned = this.do(project, back, doing.named);
    to.push(turned);
    return { commands: doing.named, outcomes: await turned.outcomes };
  }

  private do(project: Id, commands: readonly Command[], named: readonly Command[]): Doing {
    const group = this.host.newId();
    return { group, named, commands, outcomes: this.host.submit(project, commands, group) };
  }

  private past(project: Id): Past {
    const past = this.pasts.get(project) ?? { done: [], undone: [] };
    this.pasts.set(project, past);
    return past;
  }
}

function backOf(outcome: Outcome): Command[] {
  return outcome.kind === "done" && outcome.event ? [{ type: "event.undo", version: outcome.version }] : [];
}

/** Version 0: it left the queue before it was sent. */
function isWithdrawn(outcome: Outcome): boolean {
  return outcome.kind === "done" && outcome.version === 0;
}
