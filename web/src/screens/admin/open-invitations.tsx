import { sentence } from "../../api/problem";
import { Button } from "../../ui/button";
import { Section } from "../../ui/section";
import { useClock } from "../../words/use-clock";
import { nameOf, ROLES } from "../settings/words";
import styles from "./admin.module.css";
import { type OpenInvitation, useOpenInvitations, useRevokeOpen } from "./queries";

/** All links that somebody can still join by. */
export function OpenInvitations() {
  const invitations = useOpenInvitations();
  const revoke = useRevokeOpen();
  const failure = revoke.error ?? invitations.error;
  const items = invitations.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section
      title="Open invitations"
      about="Links that somebody can still join by. Owners make them in a project's settings."
      problem={failure && sentence(failure)}
    >
      {invitations.isSuccess && items.length === 0 && <p className={styles.quiet}>None.</p>}
      <ul className={styles.rows}>
        {items.map((one) => (
          <InvitationRow
            key={one.id}
            invitation={one}
            disabled={revoke.isPending && revoke.variables === one.id}
            onRevoke={() => revoke.mutate(one.id)}
          />
        ))}
      </ul>
      {invitations.hasNextPage && <Button onClick={() => void invitations.fetchNextPage()}>Show more</Button>}
    </Section>
  );
}

interface RowProps {
  invitation: OpenInvitation;
  disabled: boolean;
  onRevoke(): void;
}

function InvitationRow({ invitation, disabled, onRevoke }: RowProps) {
  const clock = useClock();
  const { projects, role, uses, max_uses: most, expires_at: end, for_one_address: isForOne } = invitation;
  const use = most === 1 ? "for one person" : `${uses} of ${most} used`;
  return (
    <li className={styles.row}>
      <span className={styles.grows} dir="auto">
        {projects.map((project) => project.name).join(", ")}
        <span className={styles.quiet}>
          {` · ${nameOf(ROLES, role)} · ${use}${isForOne ? " · for one address" : ""} · `}
          <span title={clock.exactly(end)}>until {clock.dayOf(end)}</span>
        </span>
      </span>
      <Button kind="quiet" disabled={disabled} onClick={onRevoke}>
        Revoke
      </Button>
    </li>
  );
}
