import { useState } from "react";
import { SubmitRow } from "../../forms/fields";
import { useSubmit } from "../../forms/use-submit";
import { session } from "../../session/session";
import { EmailField, PasswordField, useEmail } from "./account-fields";
import styles from "./auth.module.css";

const FIELDS = ["email", "password"];

/** `email`: the only address that is of use here. */
export function SignInForm({ email: fixed }: { email?: string | undefined }) {
  const [password, setPassword] = useState("");
  const email = useEmail(fixed);
  const submit = useSubmit(FIELDS, () => session.signIn(email.value, password));
  return (
    <form className={styles.form} onSubmit={submit.onSubmit}>
      <EmailField {...email} submit={submit} autoFocus={fixed === undefined} />
      <PasswordField value={password} onValue={setPassword} submit={submit} autoFocus={fixed !== undefined} />
      <SubmitRow submit={submit}>Sign in</SubmitRow>
    </form>
  );
}
