// What is said to the others in a project, at most four times a second: of what comes faster only the last is said.

import type { Clock } from "./environment";
import type { Id } from "./model";

const every = 250;

export class Saying {
  /** For each project in which something was said just now: what is to be said next. */
  private readonly next = new Map<Id, { data: unknown } | null>();

  constructor(
    private readonly clock: Clock,
    private readonly publish: (project: Id, data: unknown) => void,
  ) {}

  say(project: Id, data: unknown): void {
    if (this.next.has(project)) {
      this.next.set(project, { data });
      return;
    }
    this.next.set(project, null);
    this.publish(project, data);
    this.clock.after(every, () => {
      const next = this.next.get(project);
      this.next.delete(project);
      if (next) this.say(project, next.data);
    });
  }
}
