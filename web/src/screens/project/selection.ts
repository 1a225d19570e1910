// The card or row that keys act on: the focused one, remembered while focus is elsewhere.

import { useCallback, useSyncExternalStore } from "react";

export class Selection {
  private selected: string | null = null;
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly followers = new Set<() => void>();

  current = (): string | null => this.selected;

  select = (id: string | null): void => {
    const old = this.selected;
    if (old === id) return;
    this.selected = id;
    for (const one of [old, id]) {
      for (const listener of (one !== null && this.listeners.get(one)) || []) listener();
    }
    for (const follower of this.followers) follower();
  };

  /** Hears whenever another one is selected. */
  follow(follower: () => void): () => void {
    this.followers.add(follower);
    return () => this.followers.delete(follower);
  }

  on(id: string, listener: () => void): () => void {
    const all = this.listeners.get(id) ?? new Set();
    this.listeners.set(id, all.add(listener));
    return () => {
      all.delete(listener);
      if (all.size === 0) this.listeners.delete(id);
    };
  }
}

export function useSelected(selection: Selection, id: string): boolean {
  const subscribe = useCallback((listener: () => void) => selection.on(id, listener), [selection, id]);
  return useSyncExternalStore(subscribe, () => selection.current() === id);
}
