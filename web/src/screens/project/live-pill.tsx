import { useContext } from "react";
import { usePeopleHere } from "../../people/use-people";
import { session } from "../../session/session";
import { useMe } from "../../session/use-session";
import type { EngineState } from "../../sync/engine";
import { StoreContext, useEngine, useLive, useStore } from "../../sync/react";
import type { RefusedTree } from "../../sync/refusals";
import type { ProjectStore } from "../../sync/store";
import { Button } from "../../ui/button";
import { copyText } from "../../ui/copy-text";
import { type Liveness, Pill } from "../../ui/pill";
import { commandWords, writtenIn } from "../../words/commands";
import { explain } from "../../words/problems";
import styles from "./live-pill.module.css";

/** How live the page is, in one word, and at a click what that means and what waits or was refused. */
export function LivePill() {
  const state = useLive();
  return (
    <Pill state={livenessOf(state)}>
      {state.room !== "enough" && <p className={styles.note}>{roomWords[state.room]}</p>}
      {state.refused > 0 && <RefusedChanges />}
      {state.live === "session_ended" && (
        <Button kind="primary" onClick={() => void session.check()}>
          Sign in
        </Button>
      )}
    </Pill>
  );
}

const roomWords = {
  little: "There is little room left for changes that are not sent.",
  none: "No more changes can be kept until some are sent.",
};

/** What concerns the reader most comes first. */
function livenessOf({ live, kept, refused, notKept }: EngineState): Liveness {
  if (live === "session_ended") return { kind: "session-ended" };
  if (refused > 0) return { kind: "refused", count: refused };
  if (live === "offline") return { kind: "offline", kept };
  if (notKept && kept > 0) return { kind: "not-kept" };
  if (live === "catching_up") return { kind: "catching-up" };
  return live === "slow" ? { kind: "slow-route" } : { kind: "live" };
}

function RefusedChanges() {
  const engine = useEngine();
  return (
    <ul className={styles.list} aria-label="Refused changes">
      {engine.refused().map((refused) => (
        <RefusedChange key={refused.number} refused={refused} />
      ))}
    </ul>
  );
}

function RefusedChange({ refused }: { refused: RefusedTree }) {
  const store = useContext(StoreContext);
  if (store?.id === refused.project) return <RefusedHere refused={refused} />;
  return <Change refused={refused} view={null} reason={refused.problem.detail} />;
}

/** A change of the project on the screen: what it names can be named. */
function RefusedHere({ refused }: { refused: RefusedTree }) {
  const { view } = useStore();
  const people = usePeopleHere();
  const me = useMe().id;
  const { command, problem } = refused;
  return <Change refused={refused} view={view} reason={explain(problem, { view, people, me, command }).text} />;
}

interface ChangeProps {
  readonly refused: RefusedTree;
  readonly view: ProjectStore["view"] | null;
  readonly reason: string;
}

function Change({ refused, view, reason }: ChangeProps) {
  const engine = useEngine();
  const { under } = refused;
  const written = [refused, ...under].map((one) => writtenIn(one.command)).filter((text) => text !== null);
  return (
    <li className={styles.change}>
      <p className={styles.what} dir="auto">
        {commandWords(refused.command, view)}
        {under.length > 0 && `, and ${under.length} more that belong to it`}
      </p>
      <p className={styles.note}>{reason}</p>
      <span className={styles.actions}>
        {!refused.textOnly && (
          <Button kind="quiet" onClick={() => void engine.retry(refused.number)}>
            Send again
          </Button>
        )}
        {written.length > 0 && (
          <Button kind="quiet" onClick={() => void copyText(written.join("\n\n"))}>
            Copy the text
          </Button>
        )}
        <Button kind="quiet" onClick={() => void engine.discard(refused.number)}>
          Discard
        </Button>
      </span>
    </li>
  );
}
