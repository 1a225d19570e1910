import { useState } from "react";
import { sentence } from "../../api/problem";
import { usePeopleHere } from "../../people/use-people";
import { useMembers, useProject } from "../../sync/react";
import { Button } from "../../ui/button";
import { Section } from "../../ui/section";
import { useClock } from "../../words/use-clock";
import { CopyLink } from "../copy-link";
import { type Invitation, useInvitations, useInvite, useRevoke } from "./invitations";
import { InviteForm } from "./invite-form";
import styles from "./settings.module.css";
import { useRights } from "./use-rights";
import { nameOf, ROLES } from "./words";

/** Links that lead into the project. Only its owners see them. */
export function Invitations() {
  const project = useProject();
  const { changes } = useRights();
  const invitations = useInvitations(project.id, useMembers().length);
  const invite = useInvite(project.id);
  const revoke = useRevoke(project.id);
  const [open, setOpen] = useState(false);
  const failure = revoke.error ?? invitations.error;
  const items = invitations.data ?? [];
  return (
    <Section
      title="Invitations"
      about="Whoever opens a link can join, with an account or by making one. Lockstep sends no mail: give the link to whom you want."
      problem={failure && sentence(failure)}
    >
      {invite.data && (
        <CopyLink
          label="Invitation link"
          link={invite.data.link}
          hint="It is shown this once. Copy it now."
          onDone={invite.reset}
        />
      )}
      {items.length > 0 && (
        <ul className={styles.rows}>
          {items.map((invitation) => (
            <InvitationRow
              key={invitation.id}
              invitation={invitation}
              onRevoke={() => revoke.mutate(invitation.id)}
              disabled={revoke.isPending && revoke.variables === invitation.id}
            />
          ))}
        </ul>
      )}
      {changes && !open && <Button onClick={() => setOpen(true)}>Make an invitation link</Button>}
      {changes && open && (
        <InviteForm
          pending={invite.isPending}
          error={invite.error}
          onCancel={() => setOpen(false)}
          onInvite={(body) => invite.mutate(body, { onSuccess: () => setOpen(false) })}
        />
      )}
    </Section>
  );
}

interface RowProps {
  invitation: Invitation;
  disabled: boolean;
  onRevoke(): void;
}

function InvitationRow({ invitation, disabled, onRevoke }: RowProps) {
  const clock = useClock();
  const maker = usePeopleHere().name(invitation.created_by);
  const { role, email, uses, max_uses: most, expires_at: end, holds } = invitation;
  return (
    <li className={styles.row}>
      <span className={styles.grows}>
        {nameOf(ROLES, role)}
        <span className={styles.quiet}>
          {email === null ? "" : ` · for ${email}`} · {most === 1 ? "for one person" : `${uses} of ${most} used`} · made
          by {maker} · <span title={clock.exactly(end)}>until {clock.dayOf(end)}</span>
        </span>
        {!holds && <span className={styles.warn}> Leads nowhere: who made it is no owner any more.</span>}
      </span>
      <Button kind="quiet" disabled={disabled} onClick={onRevoke}>
        Revoke
      </Button>
    </li>
  );
}
