import { Link } from "wouter";
import { TextButton } from "../forms/fields";
import { session } from "../session/session";
import { useMe } from "../session/use-session";
import { AuthPage } from "./auth/auth-page";

/** What doesn't exist and what one may not see are one page. */
export function NotHere() {
  const me = useMe();
  return (
    <AuthPage title="Not here, or not yours" lead={`You are ${me.email}.`}>
      <Link href="/projects">Your projects</Link>
      <TextButton onPress={() => void session.signOut()}>Sign in as somebody else</TextButton>
    </AuthPage>
  );
}
