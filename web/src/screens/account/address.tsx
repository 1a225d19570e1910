import { useState } from "react";
import { api, ok } from "../../api/client";
import { Input, SubmitRow } from "../../forms/fields";
import { useSubmit } from "../../forms/use-submit";
import { session } from "../../session/session";
import { useMe } from "../../session/use-session";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Section } from "../../ui/section";
import styles from "./account.module.css";

export function AddressSection() {
  const me = useMe();
  const [isOpen, setOpen] = useState(false);
  return (
    <Section title="E-mail" about={me.email} action={<Button onClick={() => setOpen(true)}>Change e-mail</Button>}>
      <Dialog open={isOpen} onClose={() => setOpen(false)} title="Change e-mail" description="You sign in with it.">
        <AddressForm onDone={() => setOpen(false)} />
      </Dialog>
    </Section>
  );
}

function AddressForm({ onDone }: { onDone(): void }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const submit = useSubmit(["email", "current_password"], async () => {
    await ok(api.POST("/api/v1/me/email", { body: { email, current_password: password } }));
    await session.reloadMe();
    onDone();
  });
  return (
    <form className={styles.form} onSubmit={submit.onSubmit}>
      <Input
        label="New e-mail"
        name="email"
        type="email"
        autoComplete="email"
        required
        autoFocus
        value={email}
        onValue={setEmail}
        submit={submit}
      />
      <Input
        label="Password"
        name="current_password"
        type="password"
        autoComplete="current-password"
        required
        value={password}
        onValue={setPassword}
        submit={submit}
      />
      <SubmitRow submit={submit}>Change e-mail</SubmitRow>
    </form>
  );
}
