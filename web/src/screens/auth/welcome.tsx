import { useState } from "react";
import { useHistoryState } from "wouter/use-browser-location";
import { type Instance, useInstance } from "../../api/instance";
import { sentence } from "../../api/problem";
import { TextButton } from "../../forms/fields";
import { useSession } from "../../session/use-session";
import { Button } from "../../ui/button";
import styles from "./auth.module.css";
import { AuthPage } from "./auth-page";
import { SignInForm } from "./sign-in-form";
import { SignUpForm } from "./sign-up-form";

/** For who is not signed in: the first account, signing in, or signing up. The address stays, so it is opened afterwards. */
export function WelcomeScreen() {
  const instance = useInstance();
  if (instance.isPending) return <main aria-busy="true" className={styles.page} />;
  if (instance.isError) {
    return (
      <AuthPage title="Can't open this page" lead={sentence(instance.error)}>
        <Button kind="primary" onClick={() => void instance.refetch()}>
          Try again
        </Button>
      </AuthPage>
    );
  }
  return instance.data.first_account ? <FirstRun instance={instance.data} /> : <SignInOrUp instance={instance.data} />;
}

function FirstRun({ instance }: { instance: Instance }) {
  const others = instance.signup === "open" ? "sign up, or come by invitation" : "come by invitation";
  return (
    <AuthPage
      title="Make the first account"
      lead={`It administers this installation: it sees all accounts and can stop them. Others ${others}.`}
    >
      <SignUpForm action="Make the account" />
    </AuthPage>
  );
}

function SignInOrUp({ instance }: { instance: Instance }) {
  const [isNew, setNew] = useState(false);
  const notice = useNotice();
  if (isNew) {
    return (
      <AuthPage title="Sign up">
        <SignUpForm action="Sign up" />
        <p className={styles.other}>
          You have an account? <TextButton onPress={() => setNew(false)}>Sign in</TextButton>
        </p>
      </AuthPage>
    );
  }
  return (
    <AuthPage title="Sign in" lead={notice}>
      <SignInForm />
      {instance.signup === "open" ? (
        <p className={styles.other}>
          New here? <TextButton onPress={() => setNew(true)}>Sign up</TextButton>
        </p>
      ) : (
        <p className={styles.other}>New here? Ask the owner of a project for an invitation.</p>
      )}
      <p className={styles.other}>Forgot your password? Who runs this installation can give you a link to a new one.</p>
    </AuthPage>
  );
}

/** Why one has to sign in, where that is known. */
function useNotice(): string | undefined {
  const session = useSession();
  const state: unknown = useHistoryState();
  if (typeof state === "object" && state !== null && "notice" in state) return String(state.notice);
  return session.kind === "signed_out" && session.reason === "ended" ? "Your session has ended." : undefined;
}
