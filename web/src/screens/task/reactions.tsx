import SmilePlus from "lucide-react/icons/smile-plus";
import { emoji } from "../../markdown/emoji";
import { IconButton } from "../../ui/button";
import { Popover, PopoverClose } from "../../ui/popover";
import { listWords } from "../../words/tasks";
import { useTaskPlace } from "./context";
import styles from "./task.module.css";
import type { Comment } from "./threads";

export function Reactions({ comment }: { comment: Comment }) {
  const { me, people, readOnly, run } = useTaskPlace();
  const react = (sign: string, on: boolean) =>
    void run({ type: "comment.react", comment: comment.id, emoji: sign, on });
  const given = Object.entries(comment.reactions);
  if (given.length === 0 && readOnly) return null;
  return (
    <>
      {given.map(([sign, users]) => {
        const names = listWords(users.map((user) => people.name(user)));
        const mine = users.includes(me);
        return (
          <button
            key={sign}
            type="button"
            className={styles["reaction"]}
            aria-pressed={mine}
            aria-label={`${sign} by ${names}`}
            title={names}
            disabled={readOnly}
            onClick={() => react(sign, !mine)}
          >
            {sign} <span>{users.length}</span>
          </button>
        );
      })}
      {!readOnly && (
        <Popover
          title="React"
          hideTitle
          trigger={<IconButton size="small" label="React" icon={<SmilePlus aria-hidden />} />}
        >
          <div className={styles["emoji"]}>
            {emoji.map(({ sign, name }) => (
              <PopoverClose
                key={name}
                aria-label={name}
                title={name}
                onClick={() => react(sign, !comment.reactions[sign]?.includes(me))}
              >
                {sign}
              </PopoverClose>
            ))}
          </div>
        </Popover>
      )}
    </>
  );
}
