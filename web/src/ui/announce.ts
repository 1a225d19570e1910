// What is said to those who do not see it: one polite region and one assertive, both drawn by `Toasts`.

export interface Said {
  readonly text: string;
  /** Counts on, so that the same sentence is read again. */
  readonly turn: number;
}

interface Announcements {
  readonly polite: Said;
  readonly assertive: Said;
}

const nothing: Announcements = { polite: { text: "", turn: 0 }, assertive: { text: "", turn: 0 } };
let said = nothing;
const listeners = new Set<() => void>();

export function announce(text: string, options: { assertive?: boolean } = {}): void {
  const region = options.assertive ? "assertive" : "polite";
  said = { ...said, [region]: { text, turn: said[region].turn + 1 } };
  for (const listener of listeners) listener();
}

/** Takes back what stands in the regions. */
export function fallSilent(): void {
  said = nothing;
  for (const listener of listeners) listener();
}

export const announcements = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  current: (): Announcements => said,
};
