import { useState } from "react";
import { Link } from "wouter";
import { api, ok } from "../../api/client";
import { ApiError } from "../../api/problem";
import { Input, SubmitRow } from "../../forms/fields";
import { useSubmit } from "../../forms/use-submit";
import { session } from "../../session/session";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Section } from "../../ui/section";
import styles from "./account.module.css";

const WARNING =
  "Your name, address, password, sessions and API tokens go at once, and you leave all projects. What you did stays in their logs, without your name. This can't be undone.";

export function DeletionSection() {
  const [isOpen, setOpen] = useState(false);
  const action = (
    <Button kind="danger" onClick={() => setOpen(true)}>
      Delete account
    </Button>
  );
  return (
    <Section title="Delete account" action={action}>
      <Dialog open={isOpen} onClose={() => setOpen(false)} title="Delete your account" description={WARNING}>
        <DeletionForm />
      </Dialog>
    </Section>
  );
}

interface Named {
  id: string;
  name: string;
}

function DeletionForm() {
  const [password, setPassword] = useState("");
  const [owned, setOwned] = useState<readonly Named[]>([]);
  const submit = useSubmit(["current_password"], async () => {
    setOwned([]);
    try {
      await ok(api.POST("/api/v1/me/deletion", { body: { current_password: password } }));
    } catch (error) {
      if (error instanceof ApiError && error.problem.code === "last_owner") setOwned(projectsOf(error));
      throw error;
    }
    await session.signOut();
  });
  return (
    <form className={styles.form} onSubmit={submit.onSubmit}>
      <Input
        label="Password"
        name="current_password"
        type="password"
        autoComplete="current-password"
        required
        autoFocus
        value={password}
        onValue={setPassword}
        submit={submit}
      />
      {owned.length === 0 ? null : (
        <div>
          <p>Without you nobody would own</p>
          <ul>
            {owned.map(({ id, name }) => (
              <li key={id}>
                <Link href={`/p/${id}/settings`}>{name}</Link>
              </li>
            ))}
          </ul>
        </div>
      )}
      <SubmitRow submit={submit} kind="danger">
        Delete my account
      </SubmitRow>
    </form>
  );
}

function projectsOf({ problem }: ApiError): readonly Named[] {
  const { projects } = problem;
  return Array.isArray(projects) ? (projects as Named[]) : [];
}
