import { useProjects } from "../../api/projects";
import { Checkbox } from "../../forms/fields";
import styles from "./account.module.css";

interface ProjectChoiceProps {
  /** `null`: all of them, also those of later. */
  chosen: readonly string[] | null;
  onChosen(projects: readonly string[] | null): void;
  fault: string | null;
}

export function ProjectChoice({ chosen, onChosen, fault }: ProjectChoiceProps) {
  const projects = useProjects();
  const toggle = (id: string, isOn: boolean) => {
    const others = (chosen ?? []).filter((other) => other !== id);
    onChosen(isOn ? [...others, id] : others);
  };
  return (
    <fieldset className={styles.choices}>
      <legend>Projects</legend>
      <Checkbox
        label="All, also those of later"
        checked={chosen === null}
        onChecked={(isOn) => onChosen(isOn ? null : [])}
      />
      {chosen === null
        ? null
        : projects.data?.map(({ id, name }) => (
            <Checkbox key={id} label={name} checked={chosen.includes(id)} onChecked={(isOn) => toggle(id, isOn)} />
          ))}
      {fault === null ? null : <p className={styles.fault}>Choose 1 to 100 projects, or all.</p>}
    </fieldset>
  );
}
