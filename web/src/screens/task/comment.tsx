import Ellipsis from "lucide-react/icons/ellipsis";
import { useState } from "react";
import { at } from "../../base";
import { tick } from "../../markdown/task-list";
import { draftKey, useDraft } from "../../sync/drafts";
import type { Task } from "../../sync/model";
import { useStore } from "../../sync/react";
import { Avatar } from "../../ui/avatar";
import { Button, IconButton } from "../../ui/button";
import { copyText } from "../../ui/copy-text";
import { Menu, type MenuEntry } from "../../ui/menu";
import { toast } from "../../ui/toast";
import { useClock } from "../../words/use-clock";
import { CommentField } from "./comment-field";
import { Composer } from "./composer";
import { taskPath, useTaskPlace } from "./context";
import { Reactions } from "./reactions";
import styles from "./task.module.css";
import { Text } from "./text";
import type { Comment, Thread } from "./threads";

export function CommentThread({ thread, task }: { thread: Thread; task: Task }) {
  const { readOnly } = useTaskPlace();
  const key = draftKey(task.id, `reply:${thread.comment.id}`);
  const { draft } = useDraft(key);
  const [replying, setReplying] = useState(false);
  const answers = !readOnly && !thread.comment.deleted && thread.comment.created_version > 0;
  return (
    <li className={styles["thread"]}>
      <OneComment comment={thread.comment} task={task} {...(answers ? { onReply: () => setReplying(true) } : {})} />
      {thread.replies.length > 0 && (
        <ol className={styles["replies"]}>
          {thread.replies.map((reply) => (
            <li key={reply.id}>
              <OneComment comment={reply} task={task} {...(answers ? { onReply: () => setReplying(true) } : {})} />
            </li>
          ))}
        </ol>
      )}
      {(replying || draft) && answers && (
        <div className={styles["replies"]}>
          <Composer draftKey={key} task={task.id} replyTo={thread.comment.id} onEnd={() => setReplying(false)} />
        </div>
      )}
    </li>
  );
}

interface OneCommentProps {
  comment: Comment;
  task: Task;
  onReply?: () => void;
}

function OneComment({ comment, task, onReply }: OneCommentProps) {
  const { people, me, role, readOnly, run } = useTaskPlace();
  const [editing, setEditing] = useState(false);
  const mayChange = !readOnly && (comment.author === me || role === "owner");
  const person = { id: comment.author, name: people.name(comment.author) };
  return (
    <article
      id={`c-${comment.id}`}
      className={styles["comment"]}
      data-pending={comment.created_version === 0 || undefined}
      aria-label={`Comment by ${person.name}`}
    >
      <Avatar person={person} size={24} decorative />
      <div className={styles["commentBody"]}>
        <Head comment={comment} task={task} mayChange={mayChange} onEdit={() => setEditing(true)} />
        {comment.deleted ? (
          <p className={styles["deleted"]}>
            Comment deleted
            {mayChange && (
              <Button kind="quiet" onClick={() => void run({ type: "comment.restore", comment: comment.id })}>
                Bring back
              </Button>
            )}
          </p>
        ) : editing ? (
          <CommentField comment={comment} onEnd={() => setEditing(false)} />
        ) : (
          <Body comment={comment} live={mayChange} onEdit={() => setEditing(true)} />
        )}
        {!comment.deleted && comment.created_version > 0 && (
          <div className={styles["under"]}>
            <Reactions comment={comment} />
            {onReply && (
              <Button kind="quiet" className={styles["small"]} onClick={onReply}>
                Reply
              </Button>
            )}
          </div>
        )}
      </div>
    </article>
  );
}

function Body({ comment, live, onEdit }: { comment: Comment; live: boolean; onEdit: () => void }) {
  const { run } = useTaskPlace();
  const { draft, discard } = useDraft(draftKey(comment.task, `edit:${comment.id}`));
  const body = comment.body ?? "";
  return (
    <>
      {draft && live && (
        <p className={styles["draft"]}>
          Unsaved draft
          <Button kind="quiet" onClick={onEdit}>
            Continue
          </Button>
          <Button kind="quiet" onClick={discard}>
            Discard
          </Button>
        </p>
      )}
      <Text
        text={body}
        onTick={
          live
            ? (box, checked) => {
                const next = tick(body, box, checked);
                if (next !== null) void run({ type: "comment.update", comment: comment.id, body: next });
              }
            : undefined
        }
      />
    </>
  );
}

interface HeadProps {
  comment: Comment;
  task: Task;
  mayChange: boolean;
  onEdit: () => void;
}

function Head({ comment, task, mayChange, onEdit }: HeadProps) {
  const { people, run, runApart } = useTaskPlace();
  const store = useStore();
  const clock = useClock();
  const address = at(`.${taskPath(store.id, task)}#c-${comment.id}`);
  const remove = async () => {
    if (!(await run({ type: "comment.delete", comment: comment.id }))) return;
    const undo = () => void runApart({ type: "comment.restore", comment: comment.id });
    toast.show({ text: "Comment deleted.", action: { name: "Undo", onSelect: undo } });
  };
  const items: MenuEntry[] = [
    { key: "link", name: "Copy link", onSelect: () => void copyText(address) },
    ...(mayChange && !comment.deleted
      ? [
          { key: "edit", name: "Edit", onSelect: onEdit },
          { key: "delete", name: "Delete", danger: true, onSelect: () => void remove() },
        ]
      : []),
  ];
  const pending = comment.created_version === 0;
  return (
    <header className={styles["commentHead"]}>
      <b dir="auto">{people.label(comment.author)}</b>
      <time dateTime={comment.created_at} title={clock.exactly(comment.created_at)}>
        {clock.ago(comment.created_at)}
      </time>
      {comment.version > comment.created_version && !comment.deleted && (
        <span title={clock.exactly(comment.updated_at)}>edited</span>
      )}
      {pending ? (
        <span className={styles["sending"]}>sending</span>
      ) : (
        <Menu
          align="end"
          items={items}
          trigger={<IconButton size="small" label="More about this comment" icon={<Ellipsis aria-hidden />} />}
        />
      )}
    </header>
  );
}
