// A clock that stands still until it is told to go on, and processes that can be frozen and ended.

import type { Clock } from "../environment";

interface Task {
  readonly at: number;
  readonly order: number;
  readonly process: Process;
  readonly run: () => void;
}

/** What runs in one tab. */
export interface Process {
  frozen: boolean;
  dead: boolean;
}

export class Time {
  private tasks: Task[] = [];
  private order = 0;
  now = Date.UTC(2026, 10, 3);

  after(process: Process, milliseconds: number, run: () => void): () => void {
    const task = { at: this.now + milliseconds, order: this.order++, process, run };
    this.tasks.push(task);
    return () => {
      this.tasks = this.tasks.filter((one) => one !== task);
    };
  }

  clock(process: Process): Clock {
    return {
      now: () => this.now,
      after: (milliseconds, run) => this.after(process, milliseconds, run),
      frame: (run) => void this.after(process, 16, run),
    };
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds;
    await settled();
    for (let task = this.take(end); task; task = this.take(end)) {
      this.now = Math.max(this.now, task.at);
      task.run();
      await settled();
    }
    this.now = end;
  }

  /** The next thing to do. What a frozen process has to do waits. */
  private take(end: number): Task | undefined {
    this.tasks = this.tasks.filter(({ process }) => !process.dead);
    let first: Task | undefined;
    for (const task of this.tasks) {
      if (task.process.frozen || task.at > end) continue;
      if (!first || task.at < first.at || (task.at === first.at && task.order < first.order)) first = task;
    }
    if (first) this.tasks.splice(this.tasks.indexOf(first), 1);
    return first;
  }
}

/** All that follows at once from what was done has happened. */
function settled(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}
