import { type ClipboardEvent, type KeyboardEvent, useState } from "react";
import { newId } from "../../../new-id";
import { useMe } from "../../../session/use-session";
import { useSubmit } from "../../../sync/react";
import { announce } from "../../../ui/announce";
import { Button } from "../../../ui/button";
import { isComposing } from "../../../ui/keyboard";
import { valuesFor } from "../filter/filter";
import { useSight } from "../filter/use-sight";
import styles from "./create-line.module.css";

const mostPasted = 500;

/** A line to create tasks in: Enter saves and begins the next, Esc ends, several pasted lines ask. */
export function CreateLine({ status, onEnd }: { status: string; onEnd: () => void }) {
  const submit = useSubmit();
  const me = useMe().id;
  const sight = useSight();
  const [title, setTitle] = useState("");
  const [pasted, setPasted] = useState<readonly string[] | null>(null);
  const create = (titles: readonly string[]) => {
    const given = valuesFor(sight.filter, me);
    const tasks = titles.map((title) => ({ type: "task.create" as const, id: newId(), title, status, ...given }));
    sight.make(tasks.map(({ id }) => id));
    void submit(...tasks);
    announce(titles.length === 1 ? `Created ${titles[0]}` : `Created ${titles.length} tasks`);
    setTitle("");
    setPasted(null);
  };
  const key = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    if (event.key === "Enter" && title.trim() !== "") create([title.trim()]);
    if (event.key === "Escape") {
      event.stopPropagation();
      onEnd();
    }
  };
  const paste = (event: ClipboardEvent) => {
    const lines = event.clipboardData
      .getData("text/plain")
      .split(/\r?\n/)
      .map((line) => line.trim())
      .filter(Boolean);
    if (lines.length < 2) return;
    event.preventDefault();
    setPasted(lines);
  };
  if (pasted) {
    return (
      <fieldset className={styles.ask} aria-label="Pasted lines">
        {pasted.length > mostPasted ? (
          <p>{`${pasted.length} lines are more than ${mostPasted}: paste fewer at once.`}</p>
        ) : (
          <Button kind="primary" autoFocus onClick={() => create(pasted)}>{`Create ${pasted.length} tasks`}</Button>
        )}
        <Button onClick={() => setPasted(null)}>Cancel</Button>
      </fieldset>
    );
  }
  return (
    <input
      className={styles.line}
      aria-label="Title of the new task"
      placeholder="Title, then Enter"
      maxLength={500}
      dir="auto"
      // biome-ignore lint/a11y/noAutofocus: the line was asked for by a click or a key a moment ago.
      autoFocus
      value={title}
      onChange={(event) => setTitle(event.target.value)}
      onKeyDown={key}
      onPaste={paste}
      onBlur={() => title.trim() === "" && onEnd()}
    />
  );
}
