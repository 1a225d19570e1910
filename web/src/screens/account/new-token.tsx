import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../api/client";
import { Input, SubmitRow } from "../../forms/fields";
import { useSubmit } from "../../forms/use-submit";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { Select } from "../../ui/select";
import styles from "./account.module.css";
import { ProjectChoice } from "./project-choice";
import { TOKENS_KEY } from "./tokens";

const DAY_MS = 86_400_000;

const SCOPES = [
  { value: "read", name: "Read" },
  { value: "write", name: "Read and write" },
] as const;

const LIFETIMES = [
  { value: "30", name: "30 days" },
  { value: "90", name: "90 days" },
  { value: "365", name: "1 year" },
  { value: "never", name: "Until it is revoked" },
] as const;

export function NewToken({ open, onClose }: { open: boolean; onClose(): void }) {
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => {
    onClose();
    setSecret(null);
  };
  return (
    <Dialog open={open} onClose={close} title={secret === null ? "New API token" : "Your new token"} keepOpen>
      {secret === null ? <TokenForm onMade={setSecret} /> : <Secret secret={secret} onDone={close} />}
    </Dialog>
  );
}

function TokenForm({ onMade }: { onMade(secret: string): void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<"read" | "write">("read");
  const [lifetime, setLifetime] = useState<(typeof LIFETIMES)[number]["value"]>("90");
  const [projects, setProjects] = useState<readonly string[] | null>(null);
  const submit = useSubmit(["name", "projects"], async () => {
    const body = { name, scope, projects: projects === null ? null : [...projects], expires_at: endOf(lifetime) };
    const { secret } = await ok(api.POST("/api/v1/me/tokens", { body }));
    void client.invalidateQueries({ queryKey: TOKENS_KEY });
    onMade(secret);
  });
  return (
    <form className={styles.form} onSubmit={submit.onSubmit}>
      <Input
        label="Name"
        name="name"
        required
        autoFocus
        maxLength={64}
        autoComplete="off"
        value={name}
        onValue={setName}
        submit={submit}
        hint="What will use it. It can't be changed."
      />
      <Select label="It may" value={scope} options={SCOPES} onChange={setScope} />
      <Select label="It is good for" value={lifetime} options={LIFETIMES} onChange={setLifetime} />
      <ProjectChoice chosen={projects} onChosen={setProjects} fault={submit.faultOf("projects")} />
      <SubmitRow submit={submit}>Make the token</SubmitRow>
    </form>
  );
}

function endOf(lifetime: string): string | null {
  return lifetime === "never" ? null : new Date(Date.now() + Number(lifetime) * DAY_MS).toISOString();
}

function Secret({ secret, onDone }: { secret: string; onDone(): void }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(secret);
    setCopied(true);
  };
  return (
    <div className={styles.form}>
      <TextField
        label="Token"
        readOnly
        value={secret}
        onFocus={(event) => event.target.select()}
        hint="Keep it now: it is shown this once."
      />
      <div className={styles.actions}>
        {/* Without TLS a page has no clipboard: the field is selected when it gets the focus. */}
        {"clipboard" in navigator ? (
          <Button kind="primary" onClick={() => void copy()}>
            {isCopied ? "Copied" : "Copy"}
          </Button>
        ) : null}
        <Button onClick={onDone}>Done</Button>
      </div>
    </div>
  );
}
