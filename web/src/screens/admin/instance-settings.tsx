import { sentence } from "../../api/problem";
import { Section } from "../../ui/section";
import styles from "./admin.module.css";
import { useInstanceSettings } from "./queries";

const SETTINGS = [
  { key: "name", name: "Name" },
  { key: "signup", name: "Sign-up" },
] as const;

/** The settings of the installation. They are read when it starts, so the page only shows them and where they are set. */
export function InstanceSettings() {
  const { data, error } = useInstanceSettings();
  return (
    <Section
      title="Installation"
      about="Set by variables of the server's environment, which are read when it starts."
      problem={error && sentence(error)}
    >
      {data && (
        <ul className={styles.rows}>
          {SETTINGS.map(({ key, name }) => (
            <li key={key} className={styles.row}>
              <span className={styles.grows}>
                {name}: {data[key].value}
              </span>
              <code className={styles.quiet}>{data[key].variable}</code>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
