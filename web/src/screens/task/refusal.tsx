import X from "lucide-react/icons/x";
import { useEffect } from "react";
import { Link } from "wouter";
import type { Command, Project } from "../../sync/model";
import { useProject } from "../../sync/react";
import { announce } from "../../ui/announce";
import { Button, IconButton } from "../../ui/button";
import { statusOf, taskName } from "../../words/tasks";
import { useTaskHref, useTaskPlace } from "./context";
import styles from "./task.module.css";

/** Why the last change was refused, and what can be done. */
export function Refusal() {
  const { refused, dismiss, run } = useTaskPlace();
  const project = useProject();
  const href = useTaskHref();
  useEffect(() => {
    if (refused) announce(refused.explained.text, { assertive: true });
  }, [refused]);
  if (!refused) return null;
  const { explained, command } = refused;
  const goOn = (again: Command) => {
    dismiss();
    void run(again);
  };
  const anyway = explained.override ? overridden(command) : null;
  return (
    <div className={styles["refusal"]}>
      <p>
        {explained.text}{" "}
        {explained.tasks.map((task) => (
          <Link key={task.id} href={href(task)} title={task.title}>
            Open {taskName(project, task)}
          </Link>
        ))}
        {anyway && <Button onClick={() => goOn(anyway)}>{anywayName(anyway, project)}</Button>}
      </p>
      <IconButton label="Close" size="small" icon={<X aria-hidden />} onClick={dismiss} />
    </div>
  );
}

/** What is passed by: finishing, or beginning. */
function anywayName(command: Command, project: Project): string {
  const status =
    command.type === "task.move" ? command.status : command.type === "task.update" ? command.set?.status : "";
  return statusOf(project, status ?? "")?.category === "active" ? "Begin anyway" : "Finish anyway";
}

function overridden(command: Command): Command | null {
  if (command.type === "task.move" || command.type === "task.update") return { ...command, override: true };
  return null;
}
