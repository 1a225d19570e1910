import { type ReactNode, useEffect, useState } from "react";
import { useLiveQueries } from "../../api/live";
import { useUnread } from "../../screens/inbox/queries";
import { NewProject } from "../../screens/projects/new-project";
import { Toasts } from "../../ui/toast";
import { useUnreadInTitle } from "../../words/use-title";
import { lazyScreen } from "../lazy-screen";
import { LeavingGuard } from "../leaving";
import { SignOutGuard } from "../sign-out";
import { BottomBar } from "./bottom-bar";
import styles from "./frame.module.css";
import { Keys } from "./keys";
import { NewVersion } from "./new-version";
import { Sidebar } from "./sidebar";

const Palette = lazyScreen(
  () => import("../../screens/palette/palette"),
  (screen) => screen.Palette,
);

/** What stands around every screen: the ways to the others. */
export function Frame({ children }: { children: ReactNode }) {
  const [isMaking, setMaking] = useState(false);
  const [isSearching, setSearching] = useState(false);
  const [areKeysOpen, setKeysOpen] = useState(false);
  const make = () => setMaking(true);
  const search = () => setSearching(true);
  useSearchKey(setSearching);
  useLiveQueries();
  useUnreadInTitle(useUnread());
  return (
    <div className={styles.frame}>
      <Sidebar onSearch={search} onNewProject={make} />
      <div className={styles.screen}>{children}</div>
      <BottomBar onSearch={search} />
      <NewProject open={isMaking} onClose={() => setMaking(false)} />
      <NewVersion />
      <Palette open={isSearching} onOpenChange={setSearching} onNewProject={make} onKeys={() => setKeysOpen(true)} />
      <Keys open={areKeysOpen} onOpenChange={setKeysOpen} />
      <SignOutGuard />
      <LeavingGuard />
      <Toasts />
    </div>
  );
}

/** Ctrl/⌘ K. It stands here because the palette's own chunk may not be there yet. */
function useSearchKey(setSearching: (isSearching: boolean) => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      setSearching(true);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [setSearching]);
}
