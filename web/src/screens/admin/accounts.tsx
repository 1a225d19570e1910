import { useDeferredValue, useState } from "react";
import { sentence } from "../../api/problem";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Section } from "../../ui/section";
import { Skeleton } from "../../ui/skeleton";
import { CopyLink } from "../copy-link";
import { AccountRow } from "./account-row";
import styles from "./admin.module.css";
import { type Asked, ConfirmDialog } from "./confirm-dialog";
import { useAccounts, useDeed } from "./queries";

/** Who has an account, when they were last seen, and what can be done when somebody is locked out or has to go. */
export function Accounts() {
  const [q, setQ] = useState("");
  const accounts = useAccounts(useDeferredValue(q.trim()));
  const deed = useDeed();
  const [asked, setAsked] = useState<Asked | null>(null);
  const items = accounts.data?.pages.flatMap((page) => page.items) ?? [];
  const failure = deed.error ?? accounts.error;
  const act = ({ kind, account }: Asked) => {
    setAsked(null);
    deed.mutate({ kind, user: account.id });
  };
  return (
    <Section title="Accounts" problem={failure && sentence(failure)}>
      <TextField
        label="Search accounts"
        hideLabel
        type="search"
        placeholder="Name or address"
        value={q}
        maxLength={200}
        onChange={(event) => setQ(event.target.value)}
      />
      {deed.data && (
        <CopyLink
          label="Link to a new password"
          link={deed.data}
          hint="It is shown this once, and good for one hour. Give it to the person yourself."
          onDone={deed.reset}
        />
      )}
      {accounts.isPending && <Skeleton label="Loading the accounts" rows={4} />}
      {accounts.isSuccess && items.length === 0 && <p className={styles.quiet}>Nobody is called like that.</p>}
      <ul className={styles.rows}>
        {items.map((account) => (
          <AccountRow
            key={account.id}
            account={account}
            onAsk={(kind) => (kind === "enable" ? act({ kind, account }) : setAsked({ kind, account }))}
          />
        ))}
      </ul>
      {accounts.hasNextPage && (
        <Button disabled={accounts.isFetchingNextPage} onClick={() => void accounts.fetchNextPage()}>
          Show more
        </Button>
      )}
      {asked && <ConfirmDialog asked={asked} onClose={() => setAsked(null)} onConfirm={act} />}
    </Section>
  );
}
