import Check from "lucide-react/icons/check";
import Copy from "lucide-react/icons/copy";
import { useRef, useState } from "react";
import { announce } from "../ui/announce";
import { Button } from "../ui/button";
import { TextField } from "../ui/field";
import styles from "./copy-link.module.css";

interface Props {
  label: string;
  link: string;
  hint: string;
  onDone(): void;
}

/** A link that is shown once, to be copied. */
export function CopyLink({ label, link, hint, onDone }: Props) {
  const field = useRef<HTMLInputElement>(null);
  const [state, setState] = useState<"new" | "copied" | "refused">("new");
  const copy = async () => {
    field.current?.select();
    try {
      await navigator.clipboard.writeText(link);
      setState("copied");
      announce("Copied");
    } catch {
      // Without a secure context or the permission only the person can copy.
      setState("refused");
    }
  };
  return (
    <div className={styles.box}>
      <TextField
        ref={field}
        label={label}
        hint={
          state === "refused" ? "The browser doesn't let the page copy. The link is selected: press Ctrl or ⌘ C." : hint
        }
        value={link}
        readOnly
        autoFocus
        dir="ltr"
        onFocus={(event) => event.target.select()}
      />
      <div className={styles.buttons}>
        <Button
          kind="primary"
          icon={state === "copied" ? <Check aria-hidden /> : <Copy aria-hidden />}
          onClick={() => void copy()}
        >
          {state === "copied" ? "Copied" : "Copy"}
        </Button>
        <Button onClick={onDone}>Done</Button>
      </div>
    </div>
  );
}
