// Who else changed a task just now: named at its card for two seconds. More than ten changes in a second name nobody.

import { createContext, useCallback, useContext, useEffect, useState, useSyncExternalStore } from "react";
import type { Id, ProjectEvent } from "../../sync/model";
import { useStore } from "../../sync/react";
import { type Listener, Topics } from "../../sync/topics";
import { taskOf } from "../../words/events";

const namedFor = 2_000;
const second = 1_000;
const mostInASecond = 10;

interface Named {
  readonly by: Id;
  readonly timer: ReturnType<typeof setTimeout>;
}

export class ChangedBy {
  private readonly named = new Map<Id, Named>();
  private readonly topics = new Topics();
  private lately: number[] = [];

  constructor(private readonly me: Id) {}

  on(task: Id, listener: Listener): () => void {
    return this.topics.on(task, listener);
  }

  of(task: Id): Id | null {
    return this.named.get(task)?.by ?? null;
  }

  hear(event: ProjectEvent): void {
    const task = taskOf(event);
    if (task === null || event.actor === this.me) return;
    const now = Date.now();
    this.lately = [...this.lately.filter((at) => now - at < second), now];
    if (this.lately.length > mostInASecond) this.stop();
    else this.name(task, event.actor);
  }

  /** Names nobody any more. */
  stop(): void {
    for (const task of [...this.named.keys()]) this.forget(task);
  }

  private name(task: Id, by: Id): void {
    clearTimeout(this.named.get(task)?.timer);
    this.named.set(task, { by, timer: setTimeout(() => this.forget(task), namedFor) });
    this.topics.tell(task);
  }

  private forget(task: Id): void {
    clearTimeout(this.named.get(task)?.timer);
    this.named.delete(task);
    this.topics.tell(task);
  }
}

export const ChangedByContext = createContext<ChangedBy | null>(null);

/** What follows the changes of the project around this component. */
export function useNewChangedBy(me: Id): ChangedBy {
  const store = useStore();
  const [changedBy] = useState(() => new ChangedBy(me));
  useEffect(() => {
    const stop = store.onEvent((event) => changedBy.hear(event));
    return () => {
      stop();
      changedBy.stop();
    };
  }, [store, changedBy]);
  return changedBy;
}

/** Who else changed the task within the last two seconds. */
export function useChangedBy(task: Id): Id | null {
  const changedBy = useContext(ChangedByContext);
  if (!changedBy) throw new Error("nothing around this component follows changes");
  const subscribe = useCallback((listener: Listener) => changedBy.on(task, listener), [changedBy, task]);
  return useSyncExternalStore(subscribe, () => changedBy.of(task));
}
