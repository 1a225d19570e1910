import { useEffect } from "react";
import { useLive } from "../sync/react";

/** The browser asks before it leaves the page where what is unsent would go with it. */
export function LeavingGuard() {
  const { kept, notKept } = useLive();
  const loses = notKept && kept > 0;
  useEffect(() => {
    if (!loses) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [loses]);
  return null;
}
