import { useEffect } from "react";
import type { Id } from "../../sync/model";
import { useStore } from "../../sync/react";
import { announce } from "../../ui/announce";
import { eventWords } from "../../words/events";
import { useTaskPlace } from "./context";

const pauseMs = 5_000;

/** Says the first of many sentences at once, and of those that come within five seconds the last. */
export class Pacer {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private waiting: readonly string[] = [];

  constructor(private readonly say: (sentence: string) => void) {}

  hear(sentence: string): void {
    if (this.timer !== null) {
      this.waiting = [...this.waiting, sentence];
      return;
    }
    this.say(sentence);
    this.timer = setTimeout(() => this.next(), pauseMs);
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.waiting = [];
  }

  private next(): void {
    this.timer = null;
    const last = this.waiting.at(-1);
    const more = this.waiting.length - 1;
    this.waiting = [];
    if (last !== undefined)
      this.hear(more > 0 ? `${last}, after ${more} other ${more === 1 ? "change" : "changes"}` : last);
  }
}

/** What somebody else does to the task that is open is heard. */
export function useHeard(task: Id): void {
  const store = useStore();
  const { people, me } = useTaskPlace();
  useEffect(() => {
    const pacer = new Pacer((sentence) => announce(sentence));
    const stop = store.onEvent((event) => {
      const words = event.actor === me ? null : eventWords(event, task, store.base);
      if (words !== null) pacer.hear(`${people.name(event.actor)} ${words}`);
    });
    return () => {
      stop();
      pacer.stop();
    };
  }, [store, people, me, task]);
}
