import { Link } from "wouter";
import { useMe } from "../../session/use-session";
import { useTitle } from "../../words/use-title";
import styles from "./account.module.css";
import { AddressSection } from "./address";
import { DeletionSection } from "./deletion";
import { PasswordSection } from "./password";
import { ProfileSection } from "./profile";
import { SessionsSection } from "./sessions";
import { TokensSection } from "./tokens";

/** The own account: who one is, how the page looks, and what may act in one's name. */
export function AccountScreen() {
  useTitle("Account");
  const { admin } = useMe();
  return (
    <main className={styles.screen}>
      <h1 className={styles.title}>Account</h1>
      {admin && <Link href="/admin">Administer this installation</Link>}
      <ProfileSection />
      <AddressSection />
      <PasswordSection />
      <SessionsSection />
      <TokensSection />
      <DeletionSection />
    </main>
  );
}
