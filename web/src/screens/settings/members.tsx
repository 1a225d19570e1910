import { useState } from "react";
import { useLocation } from "wouter";
import { refreshProjects } from "../../api/projects";
import { usePeopleHere } from "../../people/use-people";
import { useMe } from "../../session/use-session";
import type { Id, Role } from "../../sync/model";
import { useMembers, useProject } from "../../sync/react";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { classes } from "../../ui/classes";
import { Dialog } from "../../ui/dialog";
import { Section } from "../../ui/section";
import { AddMember } from "./add-member";
import { RowSelect } from "./row-select";
import styles from "./settings.module.css";
import { useChanges } from "./use-changes";
import { useRights } from "./use-rights";
import { ROLES } from "./words";

interface Leaving {
  user: Id;
  name: string;
}

/** Who works here, and what they may do. */
export function Members() {
  const me = useMe();
  const members = useMembers();
  const people = usePeopleHere();
  const { changes, owns } = useRights();
  const { change, problem } = useChanges();
  const [leaving, setLeaving] = useState<Leaving | null>(null);
  const named = members
    .map((member) => ({ ...member, name: member.user === me.id ? me.name : people.name(member.user) }))
    .toSorted((one, other) => one.name.localeCompare(other.name));
  return (
    <Section
      title="Members"
      about="Owners change settings and members, editors tasks and labels, viewers read."
      problem={problem}
    >
      <ul className={classes(styles.rows, styles.members)}>
        {named.map(({ user, name, role }) => (
          <li key={user} className={styles.row}>
            <Avatar person={{ id: user, name }} size={24} decorative />
            <span className={styles.grows}>
              {name}
              {user === me.id && <span className={styles.quiet}> (you)</span>}
            </span>
            <RowSelect
              label={`Role of ${name}`}
              value={role}
              options={ROLES}
              readOnly={!changes}
              onChange={(to: Role) => void change({ type: "member.update", user, role: to })}
            />
            {owns || user === me.id ? (
              <Button kind="quiet" className={styles.leave} onClick={() => setLeaving({ user, name })}>
                {user === me.id ? "Leave" : "Remove"}
                <span className={styles.hidden}> {user === me.id ? "the project" : name}</span>
              </Button>
            ) : (
              <span className={styles.leave} />
            )}
          </li>
        ))}
      </ul>
      {changes && (
        <AddMember members={members} onAdd={(user, role) => void change({ type: "member.add", user, role })} />
      )}
      <LeaveDialog
        leaving={leaving}
        onClose={() => setLeaving(null)}
        onLeave={(user) => change({ type: "member.remove", user })}
      />
    </Section>
  );
}

interface LeaveDialogProps {
  leaving: Leaving | null;
  onClose(): void;
  onLeave(user: Id): Promise<boolean>;
}

function LeaveDialog({ leaving, onClose, onLeave }: LeaveDialogProps) {
  const me = useMe();
  const project = useProject();
  const [, go] = useLocation();
  const isMe = leaving?.user === me.id;
  const leave = async () => {
    if (!leaving) return;
    onClose();
    if (!(await onLeave(leaving.user)) || !isMe) return;
    await refreshProjects();
    go("/projects");
  };
  return (
    <Dialog
      open={leaving !== null}
      onClose={onClose}
      title={isMe ? `Leave ${project.name}?` : `Remove ${leaving?.name ?? ""}?`}
      description={
        isMe
          ? "You won't see the project any more. An owner can add you again."
          : "They won't see the project any more. What they wrote and what they were assigned stays."
      }
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" onClick={() => void leave()}>
            {isMe ? "Leave" : "Remove"}
          </Button>
        </>
      }
    />
  );
}
