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
  refused: number;
  answer(leave: boolean): void;
}

/** Asks before signing out while changes are not sent yet, because signing out deletes them. */
export function SignOutGuard() {
  const engine = useEngine();
  const [asked, setAsked] = useState<Asked | null>(null);
  useEffect(
    () =>
      session.guardSignOut(() => {
        const { kept, refused } = engine.state();
        if (kept + refused === 0) return Promise.resolve(true);
        return new Promise((answer) => setAsked({ kept, refused, answer }));
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
      description={lostWords(asked)}
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

/** What the server refused is as good as unsent: its text is nowhere else. */
const lostWords = ({ kept, refused }: Asked): string =>
  [kept > 0 ? unsentWords(kept) : "", refused > 0 ? refusedWords(refused) : ""].filter(Boolean).join(" ");

const refusedWords = (refused: number): string =>
  refused === 1
    ? "One change was refused. It stands behind the mark of the connection, and is lost when you sign out now."
    : `${refused} changes were refused. They stand behind the mark of the connection, and are lost when you sign out now.`;

const unsentWords = (kept: number): string =>
  kept === 1
    ? "One change is not sent yet. It goes by itself once the connection is back, and is lost when you sign out now."
    : `${kept} changes are not sent yet. They go by themselves once the connection is back, and are lost when you sign out now.`;
