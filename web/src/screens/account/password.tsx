import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../api/client";
import { Checkbox, Input, SubmitRow } from "../../forms/fields";
import { useSubmit } from "../../forms/use-submit";
import { useMe } from "../../session/use-session";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Section } from "../../ui/section";
import { toast } from "../../ui/toast";
import styles from "./account.module.css";

export function PasswordSection() {
  const [isOpen, setOpen] = useState(false);
  return (
    <Section title="Password" action={<Button onClick={() => setOpen(true)}>Change password</Button>}>
      <Dialog
        open={isOpen}
        onClose={() => setOpen(false)}
        title="Change password"
        description="Your other sessions end; this one goes on."
      >
        <PasswordForm onDone={() => setOpen(false)} />
      </Dialog>
    </Section>
  );
}

function PasswordForm({ onDone }: { onDone(): void }) {
  const { email } = useMe();
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [endsTokens, setEndsTokens] = useState(false);
  const submit = useSubmit(["current_password", "password"], async () => {
    const body = { current_password: current, password, end_tokens: endsTokens };
    await ok(api.POST("/api/v1/me/password", { body }));
    void client.invalidateQueries({ queryKey: ["account"] });
    toast.show({ text: "Your new password is set. Your other sessions have ended." });
    onDone();
  });
  return (
    <form className={styles.form} onSubmit={submit.onSubmit}>
      {/* Tells a password manager which account it is about. */}
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <Input
        label="Current password"
        name="current_password"
        type="password"
        autoComplete="current-password"
        required
        autoFocus
        value={current}
        onValue={setCurrent}
        submit={submit}
      />
      <Input
        label="New password"
        name="password"
        type="password"
        autoComplete="new-password"
        required
        value={password}
        onValue={setPassword}
        submit={submit}
        hint="At least 10 characters."
      />
      <Checkbox
        label="Revoke my API tokens too"
        hint="If somebody else may know the old password."
        checked={endsTokens}
        onChecked={setEndsTokens}
      />
      <SubmitRow submit={submit}>Change password</SubmitRow>
    </form>
  );
}
