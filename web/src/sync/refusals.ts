// What the server refused, kept until the person has sent it again or let it go.

import type { Command, Id, Problem } from "./model";
import type { Refused } from "./storage";

/** A refused command, and those that could not go without it. */
export interface RefusedTree extends Refused {
  readonly under: readonly Refused[];
}

export class Refusals {
  private all: Refused[] = [];

  constructor(private readonly changed: () => void) {}

  add(refused: readonly Refused[]): void {
    const known = new Set(this.all.map((one) => one.number));
    const fresh = refused.filter((one) => !known.has(one.number));
    if (fresh.length === 0) return;
    this.all = [...this.all, ...fresh].sort((a, b) => a.number - b.number);
    this.changed();
  }

  remove(numbers: readonly number[]): void {
    const before = this.all.length;
    this.all = this.all.filter((one) => !numbers.includes(one.number));
    if (this.all.length !== before) this.changed();
  }

  list(): readonly Refused[] {
    return this.all;
  }

  /** The list as it is shown: under a creation stands what named the thing that was not made. */
  tree(): RefusedTree[] {
    const roots: (Refused & { under: Refused[] })[] = [];
    const makers = new Map<Id, { under: Refused[] }>();
    for (const one of this.all) {
      const maker = namedBy(one.command)
        .map((id) => makers.get(id))
        .find((root) => root !== undefined);
      const root = maker ?? { ...one, under: [] };
      if (maker) maker.under.push(one);
      else roots.push(root as Refused & { under: Refused[] });
      const made = madeBy(one.command);
      if (made) makers.set(made, root);
    }
    return roots;
  }

  family(number: number): Refused[] {
    const root = this.tree().find((one) => one.number === number);
    if (root) return [this.all.find((one) => one.number === number), ...root.under].filter((one) => one !== undefined);
    return this.all.filter((one) => one.number === number);
  }
}

function madeBy(command: Command): Id | null {
  return command.type === "task.create" || command.type === "comment.add" ? command.id : null;
}

function namedBy(command: Command): Id[] {
  const { task, on, parent, after, before, comment, reply_to, set } = command as Record<string, unknown>;
  const inner = typeof set === "object" && set !== null && "parent" in set ? set.parent : undefined;
  const named = [task, on, parent, after, before, comment, reply_to, inner];
  return named.filter((id): id is Id => typeof id === "string");
}

/**
 * A refusal by a rule is the answer to its id for ever, so a second try has another id. One that came from who asked is judged
 * anew, and the command may even have happened before: its id stays.
 */
export function again(command: Refused["command"], problem: Problem): Refused["command"] {
  const judgedAnew = problem.status === 403 || problem.code === "not_found";
  return judgedAnew ? command : { ...command, command_id: nextId(command.command_id) };
}

/** The id of the next try of a command: the same in every tab, so that two tabs make one of it. */
function nextId(id: Id): Id {
  const count = (Number.parseInt(id.slice(-12), 16) + 1) % 2 ** 48;
  return id.slice(0, -12) + count.toString(16).padStart(12, "0");
}
