import UserPlus from "lucide-react/icons/user-plus";
import { useDeferredValue, useState } from "react";
import { sentence } from "../../api/problem";
import type { Id, Member, Role } from "../../sync/model";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
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
  if (open) return <Search members={members} onAdd={onAdd} onClose={() => setOpen(false)} />;
  return (
    <Button icon={<UserPlus aria-hidden />} onClick={() => setOpen(true)}>
      Add a colleague
    </Button>
  );
}

function Search({ members, onAdd, onClose }: Props & { onClose(): void }) {
  const [q, setQ] = useState("");
  const [role, setRole] = useState<Role>("editor");
  const { data, error } = useColleagues(useDeferredValue(q.trim()));
  const known = new Set(members.map((member) => member.user));
  const found = (data ?? []).filter((person) => person.active && !known.has(person.id));
  return (
    <div className={styles.form}>
      <div className={styles.addLine}>
        <TextField
          label="Colleague"
          hideLabel
          type="search"
          placeholder="Name of a colleague"
          hint="Colleagues share another project with you. Invite everybody else by a link."
          value={q}
          maxLength={200}
          // The person has just asked to write here.
          autoFocus
          onChange={(event) => setQ(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") onClose();
          }}
        />
        <Select label="Joins as" hideLabel value={role} options={ROLES} onChange={setRole} />
        <Button onClick={onClose}>Done</Button>
      </div>
      {error && <p className={styles.problem}>{sentence(error)}</p>}
      {data && found.length === 0 && (
        <p className={styles.quiet}>
          {q.trim() === "" ? "All your colleagues are here already." : "No colleague is called like that."}
        </p>
      )}
      <ul className={styles.rows}>
        {found.map((person) => (
          <li key={person.id} className={styles.row}>
            <Avatar person={person} decorative />
            <span className={styles.grows} dir="auto">
              {person.name}
            </span>
            <Button kind="quiet" onClick={() => onAdd(person.id, role)}>
              Add<span className={styles.hidden}> {person.name}</span>
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
