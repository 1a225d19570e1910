import { Link } from "wouter";
import { TextButton } from "../forms/fields";
import { session } from "../session/session";
import { useMe } from "../session/use-session";
import { EmptyState } from "../ui/empty-state";
import { useTitle } from "../words/use-title";

/** What doesn't exist and what one may not see are one page. */
export function NotHere() {
  const me = useMe();
  useTitle("Not here");
  return (
    <main>
      <EmptyState
        title="Not here, or not yours"
        text={`You are ${me.email}.`}
        action={
          <>
            <Link href="/projects">Your projects</Link>
            <TextButton onPress={() => void session.signOut()}>Sign in as somebody else</TextButton>
          </>
        }
      />
    </main>
  );
}
