import X from "lucide-react/icons/x";
import { type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { announce, announcements, fallSilent } from "./announce";
import { Button, IconButton } from "./button";
import styles from "./toast.module.css";
import { VisuallyHidden } from "./visually-hidden";

export interface ToastAction {
  name: string;
  onSelect: () => void;
}

export interface ToastContent {
  text: string;
  /** Undo, or the way to what is spoken of. */
  action?: ToastAction;
  /** A refusal: read out at once, and it stays until it is closed. */
  refused?: boolean;
}

interface Shown extends ToastContent {
  id: number;
}

const shownFor = 8_000;
const atMost = 3;
let shown: readonly Shown[] = [];
let next = 1;
const listeners = new Set<() => void>();

function set(toasts: readonly Shown[]): void {
  shown = toasts;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export const toast = {
  /** Shows a sentence in the corner and returns its number. More than three: the oldest goes. */
  show(content: ToastContent): number {
    const id = next++;
    set([...shown, { ...content, id }].slice(-atMost));
    announce(content.text, { assertive: content.refused ?? false });
    return id;
  },
  close(id: number): void {
    set(shown.filter((each) => each.id !== id));
  },
  /** Nothing that was said stays, to the eye or the ear. */
  closeAll(): void {
    set([]);
    fallSilent();
  },
};

/** The corner with the toasts, and the two regions that are read out. Stands once, at the root of the page. */
export function Toasts() {
  const toasts = useSyncExternalStore(subscribe, () => shown);
  const { polite, assertive } = useSyncExternalStore(announcements.subscribe, announcements.current);
  return (
    <>
      <VisuallyHidden>
        <span role="status">
          <span key={polite.turn}>{polite.text}</span>
        </span>
        <span role="alert">
          <span key={assertive.turn}>{assertive.text}</span>
        </span>
      </VisuallyHidden>
      <section className={styles.region} aria-label="Notices">
        {toasts.map((each) => (
          <Toast key={each.id} toast={each} />
        ))}
      </section>
    </>
  );
}

/** Goes by itself, but not while somebody points at it or has the focus in it. */
function Toast({ toast: { id, text, action, refused } }: { toast: Shown }): ReactNode {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held || refused) return;
    const timer = setTimeout(() => toast.close(id), shownFor);
    return () => clearTimeout(timer);
  }, [held, refused, id]);
  const hold = () => setHeld(true);
  const release = () => setHeld(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: pointing at it only keeps it, there is nothing to press.
    <div
      className={styles.toast}
      data-refused={refused || undefined}
      onPointerEnter={hold}
      onPointerLeave={release}
      onFocus={hold}
      onBlur={release}
    >
      <span className={styles.text}>{text}</span>
      {action && (
        <Button
          kind="quiet"
          className={styles.action}
          onClick={() => {
            action.onSelect();
            toast.close(id);
          }}
        >
          {action.name}
        </Button>
      )}
      <IconButton label="Close" icon={<X aria-hidden />} onClick={() => toast.close(id)} />
    </div>
  );
}
