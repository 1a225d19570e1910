import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { sentence } from "../../api/problem";
import { showTheme, type Theme, themeHere } from "../../app/theme";
import { session } from "../../session/session";
import type { MePatch } from "../../session/types";
import { useMe } from "../../session/use-session";
import { TextField } from "../../ui/field";
import { Section } from "../../ui/section";
import { Select } from "../../ui/select";
import { useLetterKeys } from "../letters";
import styles from "./account.module.css";
import { Choice } from "./choice";
import { localeOptions, zoneOptions } from "./options";

const THEMES: { value: Theme; name: string }[] = [
  { value: "system", name: "As the system" },
  { value: "light", name: "Light" },
  { value: "dark", name: "Dark" },
];

const LETTERS: { value: "on" | "off"; name: string }[] = [
  { value: "on", name: "On" },
  { value: "off", name: "Off" },
];

export function ProfileSection() {
  const me = useMe();
  const letters = useLetterKeys();
  const [theme, setTheme] = useState(themeHere);
  const { mutate: save, error } = useMutation({ mutationFn: (patch: MePatch) => session.updateMe(patch) });
  const choose = (chosen: Theme) => {
    setTheme(chosen);
    showTheme(chosen);
    save({ preferences: { theme: chosen } });
  };
  return (
    <Section title="You">
      <div className={styles.fields}>
        <NameField key={me.name} name={me.name} onSave={(name) => save({ name })} />
        <Choice
          label="Time zone"
          hint="Decides what today is."
          value={me.timezone}
          options={zoneOptions(me.timezone)}
          onChoose={(timezone) => save({ timezone })}
        />
        <Choice
          label="Dates and numbers as in"
          value={me.locale}
          options={localeOptions(me.locale)}
          onChoose={(locale) => save({ locale })}
        />
        <Select label="Theme" value={theme} options={THEMES} onChange={choose} />
        <Select
          label="Single letters as keys, as J and K in lists"
          value={letters ? "on" : "off"}
          options={LETTERS}
          onChange={(chosen) => save({ preferences: { letter_keys: chosen === "on" } })}
        />
      </div>
      {error === null ? null : (
        <p role="alert" className={styles.fault}>
          Couldn't save it. {sentence(error)}
        </p>
      )}
    </Section>
  );
}

/** One line: Enter and leaving it save, Esc restores. */
function NameField({ name, onSave }: { name: string; onSave(name: string): void }) {
  const [text, setText] = useState(name);
  const save = () => {
    const trimmed = text.trim();
    if (trimmed === "") setText(name);
    else if (trimmed !== name) onSave(trimmed);
  };
  return (
    <TextField
      label="Name"
      autoComplete="name"
      maxLength={200}
      hint="How the others see you."
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={save}
      onKeyDown={(event) => {
        if (event.nativeEvent.isComposing) return;
        if (event.key === "Enter") save();
        if (event.key === "Escape") setText(name);
      }}
    />
  );
}
