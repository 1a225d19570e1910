import { Link } from "wouter";
import { session } from "../session/session";
import { useMe } from "../session/use-session";
import styles from "./auth/auth.module.css";
import { AuthPage } from "./auth/auth-page";

/** What doesn't exist and what one may not see are one page. */
export function NotHere() {
  const me = useMe();
  return (
    <AuthPage title="Not here, or not yours" lead={`You are ${me.email}.`}>
      <Link href="/projects" className={styles["link"]}>
        Your projects
      </Link>
      <button type="button" className={styles["link"]} onClick={() => void session.signOut()}>
        Sign in as somebody else
      </button>
    </AuthPage>
  );
}
