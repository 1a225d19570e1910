import Plus from "lucide-react/icons/plus";
import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import styles from "./settings.module.css";

interface Props {
  label: string;
  button: string;
  onAdd(name: string): void;
}

/** Enter adds and leaves the line open for the next. */
export function AddLine({ label, button, onAdd }: Props) {
  const [name, setName] = useState("");
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return;
    onAdd(name.trim());
    setName("");
  };
  return (
    <form className={styles.addLine} onSubmit={add}>
      <TextField
        label={label}
        hideLabel
        placeholder={label}
        value={name}
        maxLength={200}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit" icon={<Plus aria-hidden />} disabled={name.trim() === ""}>
        {button}
      </Button>
    </form>
  );
}
