import { useState } from "react";
import { Link, useLocation } from "wouter";
import { ApiError } from "../../api/problem";
import { SubmitRow } from "../../forms/fields";
import { useSubmit } from "../../forms/use-submit";
import { session } from "../../session/session";
import { NewPasswordField } from "./account-fields";
import styles from "./auth.module.css";
import { AuthPage } from "./auth-page";
import { secretOfLink } from "./secret";

const NEW_PASSWORD = "Your new password is set. Sign in with it.";

/** A link to a new password was opened. */
export function ResetScreen() {
  const [secret] = useState(secretOfLink);
  const [isGone, setGone] = useState(false);
  if (secret === null || isGone) {
    return (
      <AuthPage
        title="This link can't be used"
        lead="It was used already, a newer one was made, or it is older than an hour. Ask who gave it to you for a new one."
      >
        <Link href="/">To the start</Link>
      </AuthPage>
    );
  }
  return <ResetForm secret={secret} onGone={() => setGone(true)} />;
}

function ResetForm({ secret, onGone }: { secret: string; onGone(): void }) {
  const [, navigate] = useLocation();
  const [password, setPassword] = useState("");
  const submit = useSubmit(["password"], async () => {
    try {
      await session.reset(secret, password);
      navigate("/", { replace: true, state: { notice: NEW_PASSWORD } });
    } catch (error) {
      if (!(error instanceof ApiError) || error.problem.code !== "link_gone") throw error;
      onGone();
    }
  });
  return (
    <AuthPage title="Choose a new password" lead="You will be signed out everywhere, and API tokens end.">
      <form className={styles.form} onSubmit={submit.onSubmit}>
        <NewPasswordField label="New password" autoFocus value={password} onValue={setPassword} submit={submit} />
        <SubmitRow submit={submit}>Set the password</SubmitRow>
      </form>
    </AuthPage>
  );
}
