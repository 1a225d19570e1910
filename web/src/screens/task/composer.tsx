import { useState } from "react";
import { MarkdownField } from "../../markdown";
import { newId } from "../../new-id";
import { useDraft } from "../../sync/drafts";
import type { Id } from "../../sync/model";
import { Button } from "../../ui/button";
import { useTaskPlace } from "./context";
import styles from "./task.module.css";
import { useLookup, useSources } from "./text";
import { Writing } from "./who-else";

interface ComposerProps {
  draftKey: string;
  task: Id;
  replyTo?: Id;
  onEnd?: () => void;
  /** It was given to the server, and shows as pending. */
  onSent?: () => void;
}

/** Where a comment or an answer is written. What is in it stays until it is sent or emptied. */
export function Composer({ draftKey, task, replyTo, onEnd, onSent }: ComposerProps) {
  const { run } = useTaskPlace();
  const { draft, write, discard } = useDraft(draftKey);
  const text = draft?.text ?? "";
  const [open, setOpen] = useState(replyTo !== undefined);
  const lookup = useLookup(text);
  const sources = useSources();

  const send = async () => {
    if (text.trim() === "") return;
    discard();
    onEnd?.();
    const reply = replyTo === undefined ? {} : { reply_to: replyTo };
    const running = run({ type: "comment.add", id: newId(), task, body: text, ...reply });
    onSent?.();
    const done = await running;
    // A refused text is a draft again.
    if (!done) write({ text, base: "", version: 0 });
  };
  if (!open && text === "") {
    return (
      <button type="button" className={styles["addText"]} onClick={() => setOpen(true)}>
        Write a comment
      </button>
    );
  }
  const leave = () => {
    setOpen(false);
    onEnd?.();
  };
  return (
    <>
      {text !== "" && <Writing task={task} field="comment" />}
      <MarkdownField
        label={replyTo === undefined ? "Comment" : "Reply"}
        value={text}
        onChange={(next) => (next === "" ? discard() : write({ text: next, base: "", version: 0 }))}
        onSave={() => void send()}
        onLeave={leave}
        sources={sources}
        lookup={lookup}
        placeholder={replyTo === undefined ? "Write a comment" : "Write a reply"}
        save={replyTo === undefined ? "Comment" : "Reply"}
        autoFocus={open}
      >
        {(onEnd || text === "") && (
          <Button kind="quiet" onClick={leave}>
            Cancel
          </Button>
        )}
      </MarkdownField>
    </>
  );
}
