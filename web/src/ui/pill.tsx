import type { ReactNode } from "react";
import styles from "./pill.module.css";
import { Popover } from "./popover";

/** How live the page is, and what is kept here that the server has not. */
export type Liveness =
  | { kind: "live" }
  | { kind: "catching-up"; behind?: number }
  | { kind: "offline"; kept: number }
  | { kind: "refused"; count: number }
  | { kind: "session-ended" }
  | { kind: "slow-route" }
  | { kind: "not-kept" };

const number = (count: number): string => count.toLocaleString();

export function pillText(state: Liveness): string {
  switch (state.kind) {
    case "live":
      return "Live";
    case "catching-up":
      return state.behind ? `Catching up · ${number(state.behind)}` : "Catching up";
    case "offline":
      return state.kept > 0 ? `Offline · ${number(state.kept)} kept` : "Offline";
    case "refused":
      return state.count > 1 ? `Refused · ${number(state.count)}` : "Refused";
    case "session-ended":
      return "Session ended · Sign in";
    case "slow-route":
      return "Live (slow route)";
    case "not-kept":
      return "Not kept on this device";
  }
}

const explanations: Record<Liveness["kind"], string> = {
  live: "You see every change as it is made.",
  "catching-up": "Changes of others are being loaded. You can go on working.",
  offline: "There is no connection. What you change is kept here and sent when it is back.",
  refused: "The server did not accept a change. Nothing you wrote is lost.",
  "session-ended": "Sign in again to go on. What you changed is kept here.",
  "slow-route": "A live connection could not be opened, so changes of others arrive with a delay.",
  "not-kept": "This browser keeps nothing for this page. Changes that are not sent yet are lost when you close it.",
};

function Mark({ kind }: { kind: Liveness["kind"] }) {
  switch (kind) {
    case "live":
    case "slow-route":
      return <circle cx="5" cy="5" r="3" className={styles.dot} />;
    case "catching-up":
      return <path d="M5 1.25a3.75 3.75 0 1 1-3.75 3.75" className={styles.ring} />;
    case "refused":
      return <path d="M5 1.25 9 8.5H1Z" className={styles.line} />;
    case "offline":
    case "session-ended":
    case "not-kept":
      return <rect x="1.75" y="1.75" width="6.5" height="6.5" rx="0.5" className={styles.line} />;
  }
}

interface PillProps {
  state: Liveness;
  /** What can be done: the list of kept changes, "Sign in". */
  children?: ReactNode;
}

/** One place that says how live the page is; pressed, it explains. Its width does not follow its words. */
export function Pill({ state, children }: PillProps) {
  const text = pillText(state);
  return (
    <Popover
      title={text}
      align="end"
      trigger={
        <button type="button" className={styles.pill} data-kind={state.kind}>
          <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true">
            <Mark kind={state.kind} />
          </svg>
          <span className={styles.text}>{text}</span>
        </button>
      }
    >
      <p className={styles.explanation}>{explanations[state.kind]}</p>
      {children}
    </Popover>
  );
}
