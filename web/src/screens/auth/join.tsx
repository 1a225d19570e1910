import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import { api, ok } from "../../api/client";
import { useInstance } from "../../api/instance";
import { ApiError, sentence } from "../../api/problem";
import { refreshProjects } from "../../api/projects";
import type { operations } from "../../api/schema";
import { TextButton } from "../../forms/fields";
import { session } from "../../session/session";
import { useSession } from "../../session/use-session";
import { Button } from "../../ui/button";
import styles from "./auth.module.css";
import { AuthPage } from "./auth-page";
import { secretOfLink } from "./secret";
import { SignInForm } from "./sign-in-form";
import { SignUpForm } from "./sign-up-form";

type Invitation = operations["invitations.look"]["responses"][200]["content"]["application/json"];

const ROLES = {
  owner: "You will own it together.",
  editor: "You will be able to change its tasks and labels.",
  viewer: "You will be able to read it.",
};

/** An invitation was opened: who signs in or up comes to the board without opening it again. */
export function JoinScreen() {
  const [secret] = useState(secretOfLink);
  const { kind } = useSession();
  if (secret === null) return <Gone />;
  return kind === "signed_out" ? <JoinSignedOut secret={secret} /> : <JoinSignedIn secret={secret} />;
}

function useInvitation(secret: string) {
  return useQuery({
    queryKey: ["invitation", secret],
    queryFn: (): Promise<Invitation> => ok(api.POST("/api/v1/invitations/look", { body: { token: secret } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

function JoinSignedOut({ secret }: { secret: string }) {
  const instance = useInstance();
  const invitation = useInvitation(secret);
  const [hasAccount, setHasAccount] = useState(false);
  if (invitation.isError) return <NotJoined error={invitation.error} />;
  if (!invitation.isSuccess || !instance.isSuccess) return <main aria-busy="true" className={styles.page} />;
  const { email: address, invited_by, role } = invitation.data;
  const email = address ?? undefined;
  const mayRegister = instance.data.signup !== "closed";
  const other = (
    <TextButton onPress={() => setHasAccount(!hasAccount)}>{hasAccount ? "Make an account" : "Sign in"}</TextButton>
  );
  return (
    <AuthPage title={`${invited_by.name} invites you to ${projectsOf(invitation.data)}`} lead={ROLES[role]}>
      {hasAccount || !mayRegister ? (
        <SignInForm email={email} />
      ) : (
        <SignUpForm action="Sign up and join" invitation={secret} email={email} />
      )}
      {mayRegister ? (
        <p className={styles.other}>
          {hasAccount ? "New here?" : "You have an account?"} {other}
        </p>
      ) : null}
    </AuthPage>
  );
}

function JoinSignedIn({ secret }: { secret: string }) {
  const state = useSession();
  const invitation = useInvitation(secret);
  const address = invitation.data?.email ?? null;
  const me = "me" in state ? state.me : null;
  if (me === null || invitation.isPending) return <main aria-busy="true" className={styles.page} />;
  if (address !== null && address.toLowerCase() !== me.email.toLowerCase()) {
    return (
      <AuthPage title={`This invitation is for ${address}`} lead={`You are signed in as ${me.email}.`}>
        <Button kind="primary" onClick={() => void session.signOut()}>
          Sign in as {address}
        </Button>
        <Link href="/">Go on as {me.name}</Link>
      </AuthPage>
    );
  }
  return <Accepting secret={secret} />;
}

/** Who is a member already gets the same answer, also where the invitation is used up. */
function Accepting({ secret }: { secret: string }) {
  const [, navigate] = useLocation();
  const accepted = useQuery({
    queryKey: ["invitation", secret, "accepted"],
    queryFn: () => ok(api.POST("/api/v1/invitations/accept", { body: { token: secret } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const first = accepted.data?.projects[0];
  useEffect(() => {
    if (first === undefined) return;
    void refreshProjects();
    navigate(`/p/${first.id}`, { replace: true });
  }, [first, navigate]);
  if (accepted.isError) return <NotJoined error={accepted.error} />;
  return <main aria-busy="true" className={styles.page} />;
}

function NotJoined({ error }: { error: Error }) {
  if (error instanceof ApiError && error.problem.code === "invitation_gone") return <Gone />;
  return <AuthPage title="Couldn't open the invitation" lead={sentence(error)} />;
}

function Gone() {
  return (
    <AuthPage
      title="This invitation can't be used"
      lead="It was used up or withdrawn, has expired, or is for another address. Ask who sent it to you for a new one."
    >
      <Link href="/">To the start</Link>
    </AuthPage>
  );
}

function projectsOf({ projects }: Invitation): string {
  return new Intl.ListFormat("en", { type: "conjunction" }).format(projects.map(({ name }) => name));
}
