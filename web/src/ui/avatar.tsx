import styles from "./avatar.module.css";
import { hueOfId } from "./hue";

export interface Person {
  id: string;
  name: string;
  /** What is said of them where that is more than the name. */
  title?: string;
}

/** The first letters of the first and the last word, whole letters of any script. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u);
  const first = words[0] ?? "";
  const last = words.length > 1 ? (words.at(-1) ?? "") : "";
  const letter = (word: string): string => [...word].find((each) => /[\p{L}\p{N}]/u.test(each)) ?? "";
  return (letter(first) + letter(last)).toLocaleUpperCase() || "?";
}

interface AvatarProps {
  person: Person;
  size?: 16 | 20 | 24 | 32;
  /** The name stands beside it: then it is not heard twice. */
  decorative?: boolean;
}

export function Avatar({ person, size = 20, decorative }: AvatarProps) {
  const named = decorative
    ? { "aria-hidden": true }
    : { role: "img", "aria-label": person.title ?? person.name, title: person.title ?? person.name };
  return (
    <span className={styles.avatar} data-size={size} data-hue={hueOfId(person.id)} {...named}>
      {initials(person.name)}
    </span>
  );
}

interface AvatarStackProps {
  people: readonly Person[];
  /** What they are here: "Assigned to", "Here now". */
  label: string;
  max?: number;
  size?: 16 | 20 | 24 | 32;
}

/** Several people as one picture, with all their names in its title. */
export function AvatarStack({ people, label, max = 3, size = 20 }: AvatarStackProps) {
  if (people.length === 0) return null;
  const visible = people.length > max ? people.slice(0, max - 1) : people;
  const names = people.map(({ name, title }) => title ?? name).join(", ");
  return (
    <span className={styles.stack} role="img" aria-label={`${label}: ${names}`} title={names}>
      {visible.map((person) => (
        <Avatar key={person.id} person={person} size={size} decorative />
      ))}
      {visible.length < people.length && (
        <span className={styles.avatar} data-size={size} aria-hidden>
          +{people.length - visible.length}
        </span>
      )}
    </span>
  );
}
