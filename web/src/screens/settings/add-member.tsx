import UserPlus from "lucide-react/icons/user-plus";
import { useState } from "react";
import { sentence } from "../../api/problem";
import type { Id, Member, Role } from "../../sync/model";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Picker } from "../../ui/picker";
import { Select } from "../../ui/select";
import { useColleagues } from "./colleagues";
import styles from "./settings.module.css";
import { ROLES } from "./words";

interface Props {
  members: readonly Member[];
  onAdd(user: Id, role: Role): void;
}

/** Colleagues, who share another project with the reader, are added at once. All others are invited. */
export function AddMember({ members, onAdd }: Props) {
  const [open, setOpen] = useState(false);
  const [q, setQ] = useState("");
  const [role, setRole] = useState<Role>("editor");
  const { data, error } = useColleagues(q.trim());
  const known = new Set(members.map((member) => member.user));
  const found = (data ?? []).filter((person) => person.active && !known.has(person.id));
  return (
    <>
      <div className={styles.buttons}>
        <Picker
          label="Add a colleague"
          placeholder="Name of a colleague"
          trigger={
            <Button aria-label="Add a colleague" icon={<UserPlus aria-hidden />}>
              Add a colleague
            </Button>
          }
          options={found.map((person) => ({
            value: person.id,
            name: person.name,
            icon: <Avatar person={person} decorative />,
          }))}
          chosen={[]}
          open={open}
          onOpenChange={setOpen}
          onQuery={setQ}
          onPick={(user) => onAdd(user, role)}
        />
        <Select label="Joins as" hideLabel value={role} options={ROLES} onChange={setRole} />
      </div>
      {error && <p className={styles.problem}>Couldn't look for colleagues. {sentence(error)}</p>}
      <p className={styles.quiet}>A colleague shares another project with you. Invite everybody else by a link.</p>
    </>
  );
}
