import {
  type ClipboardEvent,
  type KeyboardEvent,
  type ReactNode,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { Choices, optionId } from "./choices";
import { type Edit, goOn, pasteLink, type Selection, tooLong, wrap } from "./editing";
import type { Lookup } from "./lookup";
import { Markdown } from "./markdown";
import styles from "./markdown-field.module.css";
import { type Sources, useChoices } from "./use-choices";

export interface MarkdownFieldProps {
  label: string;
  /** As it is sent: people are `<@id>` in it. */
  value: string;
  onChange: (value: string) => void;
  onSave: () => void;
  /** Esc: the draft stays. */
  onLeave: () => void;
  onFocus?: () => void;
  sources: Sources;
  lookup: Lookup;
  placeholder?: string;
  autoFocus?: boolean;
  /** The word on the button that saves. */
  save: string;
  /** More buttons. */
  children?: ReactNode;
}

export function MarkdownField(props: MarkdownFieldProps) {
  const { value, onChange, onSave, onLeave, sources, lookup } = props;
  const { mentions } = sources;
  const area = useRef<HTMLTextAreaElement>(null);
  const list = useId();
  const [preview, setPreview] = useState(false);
  const [note, setNote] = useState("");
  // What stands in the field, and what it is when sent: another value from outside takes its place.
  const [shown, setShown] = useState(() => ({ text: mentions.toField(value), value }));
  if (shown.value !== value) setShown({ text: mentions.toField(value), value });

  const change = (text: string) => {
    const next = mentions.fromField(text);
    setShown({ text, value: next });
    onChange(next);
  };
  const apply = (edit: Edit) => {
    if (area.current) type(area.current, edit);
  };
  const choices = useChoices(sources, apply);
  useGrowing(area, shown.text, preview);
  useEffect(() => {
    if (props.autoFocus && !preview) area.current?.focus();
  }, [props.autoFocus, preview]);

  const over = tooLong(value);
  const saveNow = () => {
    if (!over) onSave();
  };
  const keyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (choices.onKey(event)) return;
    const command = event.ctrlKey || event.metaKey;
    if (event.key === "Escape") onLeave();
    else if (event.key === "Enter" && command) saveNow();
    else if (command && !event.shiftKey && !event.altKey && event.key === "b")
      apply(wrap(read(event.currentTarget), "**"));
    else if (command && !event.shiftKey && !event.altKey && event.key === "i")
      apply(wrap(read(event.currentTarget), "*"));
    else {
      const next = event.key === "Enter" && !event.shiftKey && !command ? goOn(read(event.currentTarget)) : null;
      if (!next) return;
      apply(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const paste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const text = event.clipboardData.getData("text/plain");
    const isPicture = [...event.clipboardData.items].some(
      (one) => one.kind === "file" && one.type.startsWith("image/"),
    );
    if (isPicture && text === "") {
      event.preventDefault();
      setNote("Pictures can't be kept here yet; paste a link.");
      return;
    }
    const link = pasteLink(read(event.currentTarget), text);
    if (!link) return;
    event.preventDefault();
    apply(link);
  };

  const { offer } = choices;
  return (
    <div className={styles["field"]}>
      {preview ? (
        <div className={styles["preview"]}>
          <Markdown text={value} lookup={lookup} />
        </div>
      ) : (
        <textarea
          ref={area}
          className={styles["area"]}
          dir="auto"
          aria-label={props.label}
          aria-describedby={`${list}-note`}
          aria-invalid={over !== null}
          aria-autocomplete="list"
          aria-controls={offer ? list : undefined}
          aria-activedescendant={offer ? optionId(list, offer.active) : undefined}
          placeholder={props.placeholder}
          value={shown.text}
          rows={3}
          onFocus={props.onFocus}
          onBlur={choices.close}
          onChange={(event) => {
            setNote("");
            change(event.target.value);
            const isComposing = event.nativeEvent instanceof InputEvent && event.nativeEvent.isComposing;
            if (!isComposing) choices.look(read(event.target));
          }}
          onKeyDown={keyDown}
          onPaste={paste}
        />
      )}
      {offer && <Choices id={list} choices={offer.choices} active={offer.active} onPick={choices.pick} />}
      <div className={styles["bar"]}>
        <button type="button" className={styles["quiet"]} aria-pressed={preview} onClick={() => setPreview(!preview)}>
          {preview ? "Write" : "Preview"}
        </button>
        <span id={`${list}-note`} role="status" className={over ? styles["over"] : styles["note"]}>
          {over ?? note}
        </span>
        {props.children}
        <button type="button" className={styles["save"]} disabled={over !== null} title="Ctrl Enter" onClick={saveNow}>
          {props.save}
        </button>
      </div>
    </div>
  );
}

const read = ({ value, selectionStart, selectionEnd }: HTMLTextAreaElement): Selection => ({
  text: value,
  start: selectionStart,
  end: selectionEnd,
});

/** Typed on behalf of the person, so that the browser's own undo takes it back. */
function type(area: HTMLTextAreaElement, { from, to, insert, start, end }: Edit): void {
  area.focus();
  area.setSelectionRange(from, to);
  const command = insert === "" ? "delete" : "insertText";
  // No other way keeps the undo of the field.
  if (!document.execCommand(command, false, insert)) {
    area.setRangeText(insert, from, to, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  area.setSelectionRange(start, end);
}

/** The field is as high as its text, up to what the style sheet allows. */
function useGrowing(area: React.RefObject<HTMLTextAreaElement | null>, text: string, preview: boolean): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    const element = area.current;
    if (!element || preview) return;
    element.style.blockSize = "auto";
    element.style.blockSize = `${element.scrollHeight + 2}px`;
  }, [area, text, preview]);
}
