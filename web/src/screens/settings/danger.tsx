import { useState } from "react";
import { useLocation } from "wouter";
import { api } from "../../api/client";
import { sentence } from "../../api/problem";
import { refreshProjects } from "../../api/projects";
import { useProject } from "../../sync/react";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { Section } from "../../ui/section";
import styles from "./settings.module.css";
import { useChanges } from "./use-changes";

/** The archive and the bin, for owners. */
export function Danger() {
  const project = useProject();
  const { change, problem } = useChanges();
  const [asking, setAsking] = useState(false);
  const archive = async (archived: boolean) => {
    if (await change({ type: "project.update", set: { archived } })) await refreshProjects();
  };
  return (
    <Section
      title="Archive and delete"
      about="An archived project can be read, and nothing in it changed. A deleted one is in the bin, where its owners find it under Projects."
      problem={problem}
    >
      <div className={styles.buttons}>
        <Button onClick={() => void archive(!project.archived)}>
          {project.archived ? "Take out of the archive" : "Archive the project"}
        </Button>
        <Button kind="danger" onClick={() => setAsking(true)}>
          Delete the project…
        </Button>
      </div>
      {asking && <DeleteDialog onClose={() => setAsking(false)} />}
    </Section>
  );
}

function DeleteDialog({ onClose }: { onClose(): void }) {
  const project = useProject();
  const [, go] = useLocation();
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [pending, setPending] = useState(false);
  const matches = typed.trim() === project.name.trim();
  const remove = async () => {
    setPending(true);
    try {
      await api.DELETE("/api/v1/projects/{project}", { params: { path: { project: project.id } } });
      await refreshProjects();
      go("/projects");
    } catch (failure) {
      setError(failure);
      setPending(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Delete ${project.name}?`}
      description="Nobody sees it any more. Its owners can bring it back from the bin under Projects."
      keepOpen={typed !== ""}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" disabled={!matches || pending} onClick={() => void remove()}>
            Delete
          </Button>
        </>
      }
    >
      <TextField
        label={`Type the project's name: ${project.name}`}
        value={typed}
        error={error === null ? null : sentence(error)}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && matches && !pending) void remove();
        }}
      />
    </Dialog>
  );
}
