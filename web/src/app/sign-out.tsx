import { useEffect, useState } from "react";
import { sentence } from "../api/problem";
import { session } from "../session/session";
import { useEngine } from "../sync/react";
import { Button } from "../ui/button";
import { Dialog } from "../ui/dialog";
import { toast } from "../ui/toast";

/** Signs out in all tabs. Without the server it can't be done, and is said. */
export async function signOut(): Promise<void> {
  try {
    await session.signOut();
  } catch (error) {
    toast.show({ text: `Couldn't sign out. ${sentence(error)}`, refused: true });
  }
}

interface Asked {
  kept: number;
  answer(leave: boolean): void;
}

/** Asks before signing out while changes are not sent yet, because signing out deletes them. */
export function SignOutGuard() {
  const engine = useEngine();
  const [asked, setAsked] = useState<Asked | null>(null);
  useEffect(
    () =>
      session.guardSignOut(() => {
        const { kept } = engine.state();
        if (kept === 0) return Promise.resolve(true);
        return new Promise((answer) => setAsked({ kept, answer }));
      }),
    [engine],
  );
  if (asked === null) return null;
  const answer = (leave: boolean) => {
    setAsked(null);
    asked.answer(leave);
  };
  return (
    <Dialog
      open
      onClose={() => answer(false)}
      title="Sign out and lose what is unsent?"
      description={unsentWords(asked.kept)}
      footer={
        <>
          <Button onClick={() => answer(false)}>Stay signed in</Button>
          <Button kind="danger" onClick={() => answer(true)}>
            Sign out and discard
          </Button>
        </>
      }
    />
  );
}

const unsentWords = (kept: number): string =>
  kept === 1
    ? "One change is not sent yet. It goes by itself once the connection is back, and is lost when you sign out now."
    : `${kept} changes are not sent yet. They go by themselves once the connection is back, and are lost when you sign out now.`;
