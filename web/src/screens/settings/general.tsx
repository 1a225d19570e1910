import type { ProjectFields } from "../../sync/model";
import { useProject } from "../../sync/react";
import { Section } from "../../ui/section";
import { Select } from "../../ui/select";
import { Description } from "./description";
import { OneLine } from "./one-line";
import styles from "./settings.module.css";
import { useChanges } from "./use-changes";
import { useRights } from "./use-rights";
import { GATES, nameOf } from "./words";

/** What the project is called, and how strictly it keeps its order. */
export function General() {
  const { changes } = useRights();
  return changes ? <Form /> : <Facts />;
}

function Form() {
  const project = useProject();
  const { change, problem } = useChanges();
  const set = (fields: ProjectFields) => change({ type: "project.update", set: fields });
  return (
    <Section title="Project" problem={problem}>
      <OneLine label="Name" value={project.name} onSave={(name) => void set({ name })} />
      <OneLine
        label="Key"
        hint={`Every task's number begins with it: ${project.key}-12.`}
        value={project.key}
        faultOf={keyFault}
        maxLength={6}
        onSave={(key) => void set({ key: key.toUpperCase() })}
      />
      <Description value={project.description} onSave={(description) => set({ description })} />
      <Select
        label="A task that waits for others"
        value={project.blocked_gate}
        options={GATES}
        onChange={(blocked_gate) => void set({ blocked_gate })}
      />
    </Section>
  );
}

function Facts() {
  const { name, key, description, blocked_gate: gate } = useProject();
  return (
    <Section title="Project">
      <dl className={styles.facts}>
        <dt>Name</dt>
        <dd dir="auto">{name}</dd>
        <dt>Key</dt>
        <dd>{key}</dd>
        <dt>Description</dt>
        <dd dir="auto">{description || "None"}</dd>
        <dt>A task that waits for others</dt>
        <dd>{nameOf(GATES, gate)}</dd>
      </dl>
    </Section>
  );
}

const keyFault = (text: string): string | null =>
  /^[a-z][a-z0-9]{1,5}$/i.test(text) ? null : "Two to six Latin letters and digits, a letter first.";
