import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../api/client";
import { sentence } from "../../api/problem";
import type { operations } from "../../api/schema";
import { Button } from "../../ui/button";
import { Section } from "../../ui/section";
import { Skeleton } from "../../ui/skeleton";
import { useClock } from "../../words/use-clock";
import styles from "./account.module.css";
import { NewToken } from "./new-token";

type Token = operations["tokens.list"]["responses"][200]["content"]["application/json"]["items"][number];

export const TOKENS_KEY = ["account", "tokens"];

/** What programs sign in with. */
export function TokensSection() {
  const [isMaking, setMaking] = useState(false);
  const tokens = useQuery({
    queryKey: TOKENS_KEY,
    queryFn: ({ signal }) => ok(api.GET("/api/v1/me/tokens", { signal })),
  });
  return (
    <Section
      title="API tokens"
      about="Programs use them to act in your name. Their name stands beside yours in the log."
      action={<Button onClick={() => setMaking(true)}>New token</Button>}
    >
      {tokens.isPending ? <Skeleton label="Loading your tokens" rows={1} /> : null}
      {tokens.isLoadingError ? (
        <p role="alert" className={styles.fault}>
          Couldn't load your tokens. {sentence(tokens.error)}
        </p>
      ) : null}
      <ul className={styles.list}>
        {tokens.data?.items.map((token) => (
          <TokenRow key={token.id} token={token} />
        ))}
      </ul>
      <NewToken open={isMaking} onClose={() => setMaking(false)} />
    </Section>
  );
}

function TokenRow({ token }: { token: Token }) {
  const clock = useClock();
  const client = useQueryClient();
  const revoke = useMutation({
    mutationFn: () => ok(api.DELETE("/api/v1/me/tokens/{token}", { params: { path: { token: token.id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: TOKENS_KEY }),
  });
  const used = token.last_used_at === null ? "never used" : `used ${clock.ago(token.last_used_at)}`;
  const ends = token.expires_at === null ? "" : `, ends ${clock.day(token.expires_at.slice(0, 10))}`;
  return (
    <li className={styles.row}>
      <span className={styles.name} dir="auto">
        {token.name}
      </span>
      <span className={styles.detail}>
        {rightsOf(token)}, {used}
        {ends}
      </span>
      <Button
        kind="danger"
        aria-label={`Revoke ${token.name}`}
        aria-disabled={revoke.isPending}
        onClick={() => revoke.mutate()}
      >
        Revoke
      </Button>
      {revoke.isError ? (
        <p role="alert" className={styles.fault}>
          {sentence(revoke.error)}
        </p>
      ) : null}
    </li>
  );
}

function rightsOf({ scope, projects }: Token): string {
  const rights = scope === "read" ? "reads" : "reads and writes";
  if (projects === null || projects === undefined) return `${rights} all projects`;
  return projects.length === 1 ? `${rights} 1 project` : `${rights} ${projects.length} projects`;
}
