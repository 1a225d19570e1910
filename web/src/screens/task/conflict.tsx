import { useState } from "react";
import { Button } from "../../ui/button";
import { useTaskPlace } from "./context";
import { type Block, conflictsOf, type Side, textOf } from "./merge";
import styles from "./task.module.css";

interface ConflictProps {
  blocks: readonly Block[];
  onDone: (text: string) => void;
  onCancel: () => void;
}

/** Two texts side by side where they differ. Each place is taken from one, or from both. */
export function Conflict({ blocks, onDone, onCancel }: ConflictProps) {
  const [sides, setSides] = useState<readonly (Side | null)[]>(() => Array(conflictsOf(blocks)).fill(null));
  const text = textOf(blocks, sides);
  const take = (index: number, side: Side) => setSides(sides.map((one, at) => (at === index ? side : one)));
  let index = -1;
  return (
    <section className={styles["conflict"]} aria-label="Two versions of the description">
      <p className={styles["draft"]}>Somebody changed the same lines. Choose what stays.</p>
      {blocks.map((block, at) => {
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks stay as they are while they are shown.
        if (block.kind === "same") return <Same key={`same ${at}`} lines={block.lines} />;
        index += 1;
        const which = index;
        return (
          <Choice
            key={`choice ${which}`}
            block={block}
            side={sides[which] ?? null}
            onTake={(side) => take(which, side)}
          />
        );
      })}
      <div className={styles["buttons"]}>
        <Button kind="quiet" onClick={onCancel}>
          Keep mine as a draft
        </Button>
        <Button kind="primary" disabled={text === null} onClick={() => text !== null && onDone(text)}>
          Save
        </Button>
      </div>
    </section>
  );
}

function Lines({ lines }: { lines: readonly string[] }) {
  const { people } = useTaskPlace();
  return (
    <pre className={styles["lines"]} dir="auto">
      {people.mentions.toField(lines.join("\n")) || " "}
    </pre>
  );
}

const around = 2;

/** What is the same on both sides, as far as it shows where one is. */
function Same({ lines }: { lines: readonly string[] }) {
  if (lines.length <= 2 * around + 1) return <Lines lines={lines} />;
  return (
    <>
      <Lines lines={lines.slice(0, around)} />
      <p className={styles["skipped"]}>{lines.length - 2 * around} lines are the same</p>
      <Lines lines={lines.slice(-around)} />
    </>
  );
}

interface ChoiceProps {
  block: Extract<Block, { kind: "conflict" }>;
  side: Side | null;
  onTake: (side: Side) => void;
}

function Choice({ block, side, onTake }: ChoiceProps) {
  const button = (which: Side, name: string) => (
    <Button kind="quiet" aria-pressed={side === which} onClick={() => onTake(which)}>
      {name}
    </Button>
  );
  return (
    <div className={styles["choice"]}>
      <div data-side="mine" data-taken={side === "mine" || side === "both" || undefined}>
        {button("mine", "Take mine")}
        <Lines lines={block.mine} />
      </div>
      <div data-side="theirs" data-taken={side === "theirs" || side === "both" || undefined}>
        {button("theirs", "Take theirs")}
        <Lines lines={block.theirs} />
      </div>
      {button("both", "Take both")}
    </div>
  );
}
