import { type FormEvent, useState } from "react";
import { ApiError, faultSentence, sentence } from "../../api/problem";
import { useProjects } from "../../api/projects";
import type { Id, Role } from "../../sync/model";
import { useProject } from "../../sync/react";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Select } from "../../ui/select";
import type { NewInvitation } from "./invitations";
import styles from "./settings.module.css";
import { ROLES } from "./words";

interface Props {
  pending: boolean;
  error: Error | null;
  onInvite(body: NewInvitation): void;
  onCancel(): void;
}

const MOST_OTHERS = 19;

export function InviteForm({ pending, error, onInvite, onCancel }: Props) {
  const [role, setRole] = useState<Role>("editor");
  const [email, setEmail] = useState("");
  const [uses, setUses] = useState("1");
  const [days, setDays] = useState("7");
  const [others, setOthers] = useState<readonly Id[]>([]);
  const faults = error instanceof ApiError ? (error.problem.errors ?? []) : [];
  const faultOf = (field: string): string | null => {
    const fault = faults.find(({ pointer }) => pointer === `/${field}`);
    return fault === undefined ? null : faultSentence(fault.detail);
  };
  const isElsewhere = !["email", "uses", "expires_in_days"].some((field) => faultOf(field) !== null);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    const address = email.trim() === "" ? {} : { email: email.trim() };
    const more = others.length === 0 ? {} : { projects: [...others] };
    onInvite({ role, uses: Number(uses), expires_in_days: Number(days), ...address, ...more });
  };
  return (
    <form className={styles.form} onSubmit={send}>
      <Select label="Joins as" value={role} options={ROLES} onChange={setRole} />
      <TextField
        label="Only for this address"
        hint="Leave it empty, and whoever has the link can join."
        type="email"
        autoFocus
        value={email}
        error={faultOf("email")}
        onChange={(event) => setEmail(event.target.value)}
      />
      <div className={styles.pair}>
        <TextField
          label="For how many people"
          type="number"
          min={1}
          max={100}
          required
          value={uses}
          error={faultOf("uses")}
          onChange={(event) => setUses(event.target.value)}
        />
        <TextField
          label="Good for how many days"
          type="number"
          min={1}
          max={30}
          required
          value={days}
          error={faultOf("expires_in_days")}
          onChange={(event) => setDays(event.target.value)}
        />
      </div>
      <OtherProjects chosen={others} onChoose={setOthers} />
      {error && isElsewhere && (
        <p className={styles.problem} role="alert">
          {sentence(error)}
        </p>
      )}
      <div className={styles.buttons}>
        <Button type="submit" kind="primary" disabled={pending}>
          Make the link
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}

interface OtherProjectsProps {
  chosen: readonly Id[];
  onChoose(projects: readonly Id[]): void;
}

/** One link may lead into several of the own projects. */
function OtherProjects({ chosen, onChoose }: OtherProjectsProps) {
  const here = useProject();
  const owned = (useProjects().data ?? []).filter(({ id, role }) => role === "owner" && id !== here.id);
  if (owned.length === 0) return null;
  return (
    <fieldset className={styles.checks}>
      <legend className={styles.label}>Leads into {here.name}, and into</legend>
      {owned.map(({ id, name }) => (
        <label key={id} className={styles.check}>
          <input
            type="checkbox"
            checked={chosen.includes(id)}
            disabled={!chosen.includes(id) && chosen.length >= MOST_OTHERS}
            onChange={(event) =>
              onChoose(event.target.checked ? [...chosen, id] : chosen.filter((other) => other !== id))
            }
          />
          {name}
        </label>
      ))}
    </fieldset>
  );
}
