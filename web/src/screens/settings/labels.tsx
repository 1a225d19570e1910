import Archive from "lucide-react/icons/archive";
import ArchiveRestore from "lucide-react/icons/archive-restore";
import { useState } from "react";
import type { Label } from "../../sync/model";
import { useProject } from "../../sync/react";
import { Button, IconButton } from "../../ui/button";
import { ColorDot } from "../../ui/chip";
import { hueOfColor, labelColors } from "../../ui/hue";
import { InlineEdit } from "../../ui/inline-edit";
import { Section } from "../../ui/section";
import { AddLine } from "./add-line";
import { RowSelect } from "./row-select";
import styles from "./settings.module.css";
import { useChanges } from "./use-changes";
import { useRights } from "./use-rights";
import { keyFor } from "./workflow";

/** The labels that tasks can get. */
export function Labels() {
  const { labels } = useProject();
  const { labels: changes } = useRights();
  const { change, problem } = useChanges();
  const [showsArchived, setShowsArchived] = useState(false);
  const put = (key: string, name: string, color: string) => void change({ type: "label.put", key, name, color });
  const used = labels.filter((label) => !label.archived).toSorted(byName);
  const archived = labels.filter((label) => label.archived).toSorted(byName);
  const add = (name: string) => {
    const keys = labels.map((label) => label.key);
    put(keyFor(name, keys, "label"), name, nextColor(used));
  };
  return (
    <Section title="Labels" problem={problem}>
      <ul className={styles.rows}>
        {used.map((label) => (
          <LabelRow
            key={label.key}
            label={label}
            readOnly={!changes}
            onPut={(name, color) => put(label.key, name, color)}
            onArchive={() => void change({ type: "label.archive", key: label.key })}
          />
        ))}
      </ul>
      {used.length === 0 && <p className={styles.about}>No labels yet.</p>}
      {changes && <AddLine label="New label" button="Add label" onAdd={add} />}
      {archived.length > 0 && (
        <Button kind="quiet" aria-expanded={showsArchived} onClick={() => setShowsArchived(!showsArchived)}>
          {showsArchived ? "Hide archived" : `Show ${archived.length} archived`}
        </Button>
      )}
      {showsArchived && (
        <ul className={styles.rows}>
          {archived.map(({ key, name, color }) => (
            <li key={key} className={styles.row}>
              <ColorDot color={color} />
              <span className={styles.quiet}>{name}</span>
              {changes && (
                <IconButton
                  label={`Bring ${name} back`}
                  icon={<ArchiveRestore aria-hidden />}
                  onClick={() => put(key, name, color)}
                />
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

interface LabelRowProps {
  label: Label;
  readOnly: boolean;
  onPut(name: string, color: string): void;
  onArchive(): void;
}

function LabelRow({ label: { name, color }, readOnly, onPut, onArchive }: LabelRowProps) {
  return (
    <li className={styles.row}>
      <RowSelect
        label={`Colour of ${name}`}
        value={shownColor(color)}
        options={labelColors.map((one) => ({ value: one.hex, name: one.name, icon: <ColorDot color={one.hex} /> }))}
        readOnly={readOnly}
        onChange={(hex) => onPut(name, hex)}
      />
      <InlineEdit
        className={styles.grows}
        label="Name of the label"
        value={name}
        required
        readOnly={readOnly}
        maxLength={200}
        onSave={(to) => onPut(to, color)}
      />
      {!readOnly && <IconButton label={`Archive ${name}`} icon={<Archive aria-hidden />} onClick={onArchive} />}
    </li>
  );
}

const byName = (one: Label, other: Label): number => one.name.localeCompare(other.name);

/** The colour of the choice that a label is drawn with. Programs may have given it any other. */
function shownColor(color: string): string {
  const hue = hueOfColor(color);
  return labelColors.find((one) => one.hue === hue)?.hex ?? color;
}

/** The colour that the fewest labels have. */
function nextColor(labels: readonly Label[]): string {
  const uses = (hex: string) => labels.filter((label) => shownColor(label.color) === hex).length;
  const [first, ...others] = labelColors.map((one) => one.hex);
  return others.reduce((least, hex) => (uses(hex) < uses(least) ? hex : least), first ?? "#80868f");
}
