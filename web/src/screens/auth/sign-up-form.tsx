import { useState } from "react";
import { Input, SubmitRow } from "../../forms/fields";
import { useSubmit } from "../../forms/use-submit";
import { session } from "../../session/session";
import { EmailField, NewPasswordField, useEmail } from "./account-fields";
import styles from "./auth.module.css";

const FIELDS = ["name", "email", "password"];

interface SignUpFormProps {
  /** What the button says. */
  action: string;
  /** The token of an invitation. */
  invitation?: string;
  /** The only address that the invitation is for. */
  email?: string | undefined;
}

export function SignUpForm({ action, invitation, email: fixed }: SignUpFormProps) {
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const email = useEmail(fixed);
  const account = { email: email.value, name, password };
  const submit = useSubmit(FIELDS, () =>
    session.register(invitation === undefined ? account : { ...account, invitation }),
  );
  return (
    <form className={styles.form} onSubmit={submit.onSubmit}>
      <Input
        label="Name"
        name="name"
        autoComplete="name"
        required
        autoFocus
        value={name}
        onValue={setName}
        submit={submit}
        hint="How the others see you."
      />
      <EmailField {...email} submit={submit} />
      <NewPasswordField value={password} onValue={setPassword} submit={submit} />
      <SubmitRow submit={submit}>{action}</SubmitRow>
    </form>
  );
}
