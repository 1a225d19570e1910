import { useState } from "react";
import { Input, SubmitRow } from "../../forms/fields";
import { useSubmit } from "../../forms/use-submit";
import { session } from "../../session/session";
import styles from "./auth.module.css";

const FIELDS = ["email", "password"];

/** `email`: the only address that is of use here. */
export function SignInForm({ email: fixed }: { email?: string | undefined }) {
  const [typed, setTyped] = useState("");
  const [password, setPassword] = useState("");
  const email = fixed ?? typed;
  const submit = useSubmit(FIELDS, () => session.signIn(email, password));
  return (
    <form className={styles.form} onSubmit={submit.onSubmit}>
      <Input
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        required
        autoFocus={fixed === undefined}
        readOnly={fixed !== undefined}
        value={email}
        onValue={setTyped}
        submit={submit}
      />
      <Input
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        autoFocus={fixed !== undefined}
        value={password}
        onValue={setPassword}
        submit={submit}
      />
      <SubmitRow submit={submit}>Sign in</SubmitRow>
    </form>
  );
}
