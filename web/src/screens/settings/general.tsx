import type { ProjectFields } from "../../sync/model";
import { useProject } from "../../sync/react";
import { Select } from "../../ui/select";
import { Section } from "../section";
import { Description } from "./description";
import { OneLine } from "./one-line";
import { useChanges } from "./use-changes";
import { useRights } from "./use-rights";
import { GATES } from "./words";

/** What the project is called, and how strictly it keeps its order. */
export function General() {
  const project = useProject();
  const { changes } = useRights();
  const { change, problem } = useChanges();
  const set = (fields: ProjectFields) => change({ type: "project.update", set: fields });
  const readOnly = !changes;
  return (
    <Section title="Project" problem={problem}>
      <OneLine label="Name" value={project.name} readOnly={readOnly} onSave={(name) => void set({ name })} />
      <OneLine
        label="Key"
        hint={`Every task's number begins with it: ${project.key}-12.`}
        value={project.key}
        faultOf={keyFault}
        maxLength={6}
        readOnly={readOnly}
        onSave={(key) => void set({ key: key.toUpperCase() })}
      />
      <Description value={project.description} readOnly={readOnly} onSave={(description) => set({ description })} />
      <Select
        label="A task that waits for others"
        value={project.blocked_gate}
        options={GATES}
        disabled={readOnly}
        onChange={(blocked_gate) => void set({ blocked_gate })}
      />
    </Section>
  );
}

const keyFault = (text: string): string | null =>
  /^[a-z][a-z0-9]{1,5}$/i.test(text) ? null : "Two to six Latin letters and digits, a letter first.";
