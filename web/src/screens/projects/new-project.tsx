import { useState } from "react";
import { useLocation } from "wouter";
import { api, ok } from "../../api/client";
import { refreshProjects } from "../../api/projects";
import { Input, SubmitRow } from "../../forms/fields";
import { useRepeatKey } from "../../forms/use-repeat-key";
import { useSubmit } from "../../forms/use-submit";
import { Dialog } from "../../ui/dialog";
import { suggestKey, tidyKey } from "./key";
import styles from "./projects.module.css";

export function NewProject({ open, onClose }: { open: boolean; onClose(): void }) {
  return (
    <Dialog open={open} onClose={onClose} title="New project">
      <NewProjectForm onClose={onClose} />
    </Dialog>
  );
}

function NewProjectForm({ onClose }: { onClose(): void }) {
  const [, navigate] = useLocation();
  const [name, setName] = useState("");
  const [typedKey, setTypedKey] = useState<string | null>(null);
  const repeatKey = useRepeatKey();
  const key = typedKey ?? suggestKey(name);
  const submit = useSubmit(["name", "key"], async () => {
    const body = key === "" ? { name } : { name, key };
    const params = { header: { "Idempotency-Key": repeatKey(body) } };
    const { project } = await ok(api.POST("/api/v1/projects", { params, body }));
    void refreshProjects();
    onClose();
    navigate(`/p/${project.id}`);
  });
  return (
    <form className={styles.form} onSubmit={submit.onSubmit}>
      <Input
        label="Name"
        name="name"
        required
        autoFocus
        maxLength={200}
        value={name}
        onValue={setName}
        submit={submit}
      />
      <Input
        label="Key"
        name="key"
        value={key}
        onValue={(text) => setTypedKey(tidyKey(text))}
        submit={submit}
        autoCapitalize="characters"
        autoComplete="off"
        hint={`Begins the numbers of its tasks: ${key === "" ? "KEY" : key}-1`}
      />
      <SubmitRow submit={submit}>Make the project</SubmitRow>
    </form>
  );
}
