import { useLive } from "../../sync/react";
import { type Liveness, Pill } from "../../ui/pill";

/** How live the page is, in one word, and what that means at a click. */
export function LivePill() {
  const { live, kept } = useLive();
  return <Pill state={livenessOf(live, kept)} />;
}

function livenessOf(live: ReturnType<typeof useLive>["live"], kept: number): Liveness {
  if (live === "offline") return { kind: "offline", kept };
  return live === "live" ? { kind: "live" } : { kind: "catching-up" };
}
