import { useRef } from "react";
import { MarkdownField } from "../../markdown";
import { draftKey, useDraft } from "../../sync/drafts";
import { Button } from "../../ui/button";
import { useTaskPlace } from "./context";
import { useLookup, useSources } from "./text";
import type { Comment } from "./threads";
import { useLeaving } from "./use-leaving";

/** Edits a comment where it stands. */
export function CommentField({ comment, onEnd }: { comment: Comment; onEnd: () => void }) {
  const { run } = useTaskPlace();
  const body = comment.body ?? "";
  const { draft, write, discard } = useDraft(draftKey(comment.task, `edit:${comment.id}`));
  const text = draft?.text ?? body;
  const place = useRef<HTMLDivElement>(null);
  const lookup = useLookup(text);
  const sources = useSources();
  useLeaving(place, onEnd);
  const save = async () => {
    if (text.trim() === "") return;
    discard();
    onEnd();
    if (text === body) return;
    const done = await run({ type: "comment.update", comment: comment.id, body: text });
    if (!done) write({ text, base: body, version: comment.version });
  };
  return (
    <div ref={place}>
      <MarkdownField
        label="Comment"
        value={text}
        onChange={(next) => (next === body ? discard() : write({ text: next, base: body, version: comment.version }))}
        onSave={() => void save()}
        onLeave={onEnd}
        sources={sources}
        lookup={lookup}
        save="Save"
        autoFocus
      >
        <Button
          kind="quiet"
          onClick={() => {
            discard();
            onEnd();
          }}
        >
          Cancel
        </Button>
      </MarkdownField>
    </div>
  );
}
