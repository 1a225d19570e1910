import { AlertDialog } from "@base-ui/react/alert-dialog";
import type { ReactNode } from "react";
import { TextButton } from "../forms/fields";
import { SignInForm } from "../screens/auth/sign-in-form";
import { session } from "../session/session";
import { useSession } from "../session/use-session";
import { Button } from "../ui/button";
import styles from "./app.module.css";

/** What is asked in place, over the page, which stays as it is. */
export function SessionDialogs() {
  const state = useSession();
  if (state.kind === "expired") {
    return (
      <Asking title="Your session has ended" text="Nothing is lost. Type your password to go on.">
        <SignInForm email={state.me.email} />
        <TextButton onPress={() => session.abandon()}>Use another account</TextButton>
      </Asking>
    );
  }
  if (state.kind === "replaced") {
    return (
      <Asking
        title={`This browser is signed in as ${state.by.name}`}
        text={`This page was opened as ${state.me.email}. Load it anew to go on as ${state.by.email}.`}
      >
        <Button kind="primary" onClick={() => window.location.reload()}>
          Go on as {state.by.name}
        </Button>
      </Asking>
    );
  }
  return null;
}

function Asking({ title, text, children }: { title: string; text: string; children: ReactNode }) {
  return (
    <AlertDialog.Root open>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className={styles.backdrop} />
        <AlertDialog.Popup className={styles.dialog}>
          <AlertDialog.Title className={styles.dialogTitle}>{title}</AlertDialog.Title>
          <AlertDialog.Description className={styles.dialogText}>{text}</AlertDialog.Description>
          {children}
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
