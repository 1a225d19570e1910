// Who wants to hear of what: names of topics, and the listeners of each.

export type Listener = () => void;

export class Topics {
  private readonly listeners = new Map<string, Set<Listener>>();

  on(topic: string, listener: Listener): () => void {
    const all = this.listeners.get(topic) ?? new Set<Listener>();
    this.listeners.set(topic, all.add(listener));
    return () => {
      all.delete(listener);
      if (all.size === 0 && this.listeners.get(topic) === all) this.listeners.delete(topic);
    };
  }

  tell(topic: string): void {
    for (const listener of [...(this.listeners.get(topic) ?? [])]) listener();
  }
}
