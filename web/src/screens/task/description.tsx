import { useEffect, useRef, useState } from "react";
import { MarkdownField } from "../../markdown";
import { draftKey, useDraft } from "../../sync/drafts";
import type { Task } from "../../sync/model";
import { useStore } from "../../sync/react";
import { Button } from "../../ui/button";
import { toast } from "../../ui/toast";
import { Conflict } from "./conflict";
import { useTaskPlace } from "./context";
import type { Saved } from "./save-text";
import styles from "./task.module.css";
import { Text, useLookup, useSources } from "./text";
import { useLeaving } from "./use-leaving";
import { type SaveText, useSaveText } from "./use-save-text";
import { WhoWrites } from "./who-else";

type Shown = { kind: "text" } | { kind: "field" } | Extract<Saved, { kind: "conflict" }>;

interface DescriptionProps {
  task: Task;
  /** Counts on when somebody asks to write by key. */
  asked: number;
}

export function Description({ task, asked }: DescriptionProps) {
  const { readOnly, say, runApart } = useTaskPlace();
  const store = useStore();
  const { draft, write, discard } = useDraft(draftKey(task.id, "description"));
  const [shown, setShown] = useState<Shown>({ kind: "text" });
  const { save: saveText, tick } = useSaveText(task.id);

  const section = useRef<HTMLElement>(null);
  const wasField = useRef(false);
  useEffect(() => {
    const left = wasField.current && shown.kind === "text";
    wasField.current = shown.kind === "field";
    // The field had the focus, and is gone.
    if (left && document.activeElement === document.body) section.current?.focus({ preventScroll: true });
  }, [shown.kind]);
  const begin = () => setShown({ kind: "field" });
  useEffect(() => {
    if (asked > 0 && !readOnly) setShown({ kind: "field" });
  }, [asked, readOnly]);

  const current = { base: task.description, version: store.base.task(task.id)?.version ?? task.version };
  const change = (text: string) => {
    const { base, version } = draft ?? current;
    if (text === base) discard();
    else write({ text, base, version });
  };
  const save = async (begun = draft) => {
    setShown({ kind: "text" });
    if (!begun) return;
    // What is pending shows the new text at once. A refused one is a draft again.
    discard();
    const saved = await saveText(begun);
    if (saved.kind === "merged") {
      toast.show({
        text: "Saved together with the lines that somebody else changed meanwhile.",
        action: { name: "Undo", onSelect: () => void runApart({ type: "event.undo", version: saved.version }) },
      });
    }
    if (saved.kind === "conflict") {
      write(begun);
      setShown(saved);
    }
    if (saved.kind === "refused") {
      write(begun);
      say(saved.outcome, { type: "task.update", task: task.id });
    }
  };
  const onTick = async (...args: Parameters<SaveText["tick"]>) => {
    const outcome = await tick(...args);
    if (outcome) say(outcome, { type: "task.update", task: task.id });
  };

  if (shown.kind === "conflict") {
    return (
      <Conflict
        blocks={shown.blocks}
        onDone={(text) => void save({ text, base: shown.theirs, version: shown.version })}
        onCancel={() => setShown({ kind: "text" })}
      />
    );
  }
  if (shown.kind === "field" && !readOnly) {
    return (
      <>
        <WhoWrites task={task.id} field="description" writing />
        <Writing
          value={draft?.text ?? task.description}
          stale={draft !== null && draft.base !== task.description}
          onChange={change}
          onSave={() => void save()}
          onLeave={() => setShown({ kind: "text" })}
        />
      </>
    );
  }
  return (
    <section ref={section} className={styles["description"]} aria-label="Description" tabIndex={-1}>
      <WhoWrites task={task.id} field="description" writing={false} />
      {draft && !readOnly && (
        <p className={styles["draft"]}>
          Unsaved draft
          <Button kind="quiet" onClick={begin}>
            Continue
          </Button>
          <Button kind="quiet" onClick={discard}>
            Discard
          </Button>
        </p>
      )}
      <ShownText text={task.description} readOnly={readOnly} onBegin={begin} onTick={onTick} />
    </section>
  );
}

interface ShownTextProps {
  text: string;
  readOnly: boolean;
  onBegin: () => void;
  onTick: (...args: Parameters<SaveText["tick"]>) => void;
}

function ShownText({ text, readOnly, onBegin, onTick }: ShownTextProps) {
  if (text === "" && readOnly) return null;
  if (text === "") {
    return (
      <button type="button" className={styles["addText"]} onClick={onBegin}>
        Add a description
      </button>
    );
  }
  const click = () => {
    // Who selects words wants to copy them.
    if (!readOnly && document.getSelection()?.isCollapsed !== false) onBegin();
  };
  return (
    <div className={styles["shownText"]} data-editable={!readOnly || undefined}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button beside it does the same by key. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above. */}
      <div onClick={click}>
        <Text text={text} onTick={readOnly ? undefined : onTick} />
      </div>
      {!readOnly && (
        <button type="button" className={styles["editText"]} onClick={onBegin}>
          Edit description
        </button>
      )}
    </div>
  );
}

interface WritingProps {
  value: string;
  /** Somebody else saved since this was begun. */
  stale: boolean;
  onChange: (text: string) => void;
  onSave: () => void;
  onLeave: () => void;
}

function Writing({ value, stale, onChange, onSave, onLeave }: WritingProps) {
  const place = useRef<HTMLDivElement>(null);
  const lookup = useLookup(value);
  const sources = useSources();
  useLeaving(place, onLeave);
  return (
    <div ref={place} className={styles["description"]}>
      {stale && <p className={styles["draft"]}>Somebody changed the description meanwhile. Saving merges both.</p>}
      <MarkdownField
        label="Description"
        value={value}
        onChange={onChange}
        onSave={onSave}
        onLeave={onLeave}
        sources={sources}
        lookup={lookup}
        save="Save"
        autoFocus
      />
    </div>
  );
}
