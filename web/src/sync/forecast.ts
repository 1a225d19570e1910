// What is pending, put on top of what is confirmed. A prediction stands until something comes that it did not count on: a command
// that is given goes on top of those before it, and an event that is just what was foreseen of the first one leaves the rest as it
// is. So n commands and their n events cost n predictions. Anything else lets all of them be predicted anew, once for `update`.

import { apply } from "./fold/apply";
import { same } from "./fold/difference";
import type { Context } from "./fold/judge";
import { canForetell, predict } from "./fold/predict";
import type { Command, Id, Moment, ProjectEvent } from "./model";
import { Tables, type Touched } from "./tables";

/** A command on its way. Its id was made before it was first sent, so sending it again never doubles it. */
export interface Pending {
  readonly command: Command & { readonly command_id: Id };
  readonly at: Moment;
}

/** A command as it was predicted. */
interface Step extends Touched {
  readonly command: Id;
  /** `null`: the command changes nothing, or will most probably be refused. */
  readonly event: ProjectEvent | null;
}

export interface ForecastHost extends Omit<Context, "now"> {
  /** These tasks may be others in `tables`: `order` and `family` have to follow before the next prediction. */
  place(tasks: Iterable<Id>, tables: Tables): void;
}

export class Forecast {
  /** Confirmed and pending together. */
  view: Tables;
  private steps: Step[] = [];
  /** How many steps wrote each task. */
  private readonly writers = new Map<Id, number>();
  private isVoid = false;

  constructor(
    private confirmed: Tables,
    private readonly host: ForecastHost,
  ) {
    this.view = new Tables(confirmed);
  }

  /** What is confirmed has this event now. */
  arrived(event: ProjectEvent): void {
    const [first] = this.steps;
    if (!first || this.isVoid) return;
    if (this.isAsForeseen(first, event)) this.takeFirst();
    else this.isVoid = true;
  }

  /** What is confirmed changed otherwise. */
  disturbed(): void {
    this.isVoid = true;
  }

  /** Something else is confirmed. */
  replaced(confirmed: Tables): void {
    this.confirmed = confirmed;
    this.isVoid = true;
  }

  /** Follows what changed in what is confirmed, and what is pending now. Answers what the view may show otherwise. */
  update(pending: readonly Pending[], changed: Touched): Touched {
    const foretold = pending.filter(({ command }) => canForetell(command));
    const stands = !this.isVoid && this.isBeginOf(foretold);
    const before = stands ? changed : this.clear(changed);
    this.host.place(before.tasks, this.view);
    const fresh = foretold.slice(this.steps.length).map((one) => this.foretell(one));
    return {
      tasks: new Set([before.tasks, ...fresh.map((step) => step.tasks)].flatMap((tasks) => [...tasks])),
      around: before.around || fresh.some((step) => step.around),
    };
  }

  /** Whether what is pending goes on from what was predicted. What has no effect may be gone. */
  private isBeginOf(pending: readonly Pending[]): boolean {
    const still = new Set(pending.map(({ command }) => command.command_id));
    this.steps = this.steps.filter((step) => step.event || still.has(step.command));
    return this.steps.every((step, index) => step.command === pending[index]?.command.command_id);
  }

  /** Takes all predictions away. Answers what changes by that too. */
  private clear({ tasks, around }: Touched): Touched {
    const gone = {
      tasks: new Set([...tasks, ...this.writers.keys()]),
      around: around || this.steps.some((s) => s.around),
    };
    this.view = new Tables(this.confirmed);
    this.steps = [];
    this.writers.clear();
    this.isVoid = false;
    return gone;
  }

  private foretell({ command, at: now }: Pending): Step {
    const { actor, order, family } = this.host;
    const prediction = predict(this.view, command, { actor, now, order, family });
    const event = prediction === null || "refused" in prediction ? null : prediction;
    if (event) apply(this.view, event);
    const step: Step = { command: command.command_id, event, ...this.view.takeTouched() };
    for (const id of step.tasks) this.writers.set(id, (this.writers.get(id) ?? 0) + 1);
    this.host.place(step.tasks, this.view);
    this.steps.push(step);
    return step;
  }

  /**
   * Whether everything later would be predicted as it was. The event differs from its prediction in what the server gives to a
   * task (version, times, number), which later steps would pass on where they wrote the same task.
   */
  private isAsForeseen(step: Step, event: ProjectEvent): boolean {
    if (step.command !== event.command_id || !step.event || step.around || !isSame(step.event, event)) return false;
    return [...step.tasks].every((id) => this.writers.get(id) === 1 || !this.view.hasOwnTask(id));
  }

  /** The first step is confirmed: what it alone wrote is no longer on top. */
  private takeFirst(): void {
    for (const id of this.steps.shift()?.tasks ?? []) {
      const others = (this.writers.get(id) ?? 0) - 1;
      if (others > 0) this.writers.set(id, others);
      else {
        this.writers.delete(id);
        this.view.dropOwn(id);
      }
    }
  }
}

function isSame(foreseen: ProjectEvent, event: ProjectEvent): boolean {
  if (foreseen.type !== event.type || (event.reranked ?? []).length > 0) return false;
  return same(withoutNumber(foreseen), withoutNumber(event));
}

/** What an event says, but for the number of a new task, which the server gives. */
function withoutNumber({ type, data }: ProjectEvent): ProjectEvent["data"] {
  return type === "task.created" ? { ...data, task: { ...data.task, number: 0 } } : data;
}
