import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import { sentence } from "../../api/problem";
import type { operations } from "../../api/schema";
import { session } from "../../session/session";
import { Button } from "../../ui/button";
import { Section } from "../../ui/section";
import { Skeleton } from "../../ui/skeleton";
import { useClock } from "../../words/use-clock";
import styles from "./account.module.css";
import { deviceName } from "./device";

type OneSession = operations["sessions.list"]["responses"][200]["content"]["application/json"]["items"][number];

const KEY = ["account", "sessions"];

/** Where one is signed in. */
export function SessionsSection() {
  const sessions = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }) => ok(api.GET("/api/v1/me/sessions", { signal })),
  });
  const signOut = useMutation({ mutationFn: (all: boolean) => session.signOut({ all }) });
  return (
    <Section
      title="Signed in on"
      action={
        <div className={styles.actions}>
          <Button onClick={() => signOut.mutate(false)}>Sign out</Button>
          <Button onClick={() => signOut.mutate(true)}>Sign out everywhere</Button>
        </div>
      }
    >
      {signOut.isError ? (
        <p role="alert" className={styles.fault}>
          Couldn't sign out. {sentence(signOut.error)}
        </p>
      ) : null}
      {sessions.isPending ? <Skeleton label="Loading your sessions" /> : null}
      {sessions.isLoadingError ? (
        <p role="alert" className={styles.fault}>
          Couldn't load your sessions. {sentence(sessions.error)}
        </p>
      ) : null}
      <ul className={styles.list}>
        {sessions.data?.items.map((one) => (
          <SessionRow key={one.id} one={one} />
        ))}
      </ul>
    </Section>
  );
}

function SessionRow({ one }: { one: OneSession }) {
  const clock = useClock();
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: () => ok(api.DELETE("/api/v1/me/sessions/{session}", { params: { path: { session: one.id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: KEY }),
  });
  const device = deviceName(one.device);
  return (
    <li className={styles.row}>
      <span className={styles.name} title={one.device ?? undefined}>
        {device}
      </span>
      <time className={styles.detail} dateTime={one.last_used_at} title={clock.exactly(one.last_used_at)}>
        {clock.ago(one.last_used_at)}
      </time>
      {one.current ? (
        <span className={styles.fact}>This one</span>
      ) : (
        <Button aria-label={`End the session on ${device}`} aria-disabled={end.isPending} onClick={() => end.mutate()}>
          End
        </Button>
      )}
      {end.isError ? (
        <p role="alert" className={styles.fault}>
          {sentence(end.error)}
        </p>
      ) : null}
    </li>
  );
}
