import { useSyncExternalStore } from "react";
import { session } from "./session";
import type { Me, SessionState } from "./types";

export const useSession = (): SessionState => useSyncExternalStore(session.subscribe, session.state);

/** Who is signed in. Only for what is shown to somebody who is. */
export function useMe(): Me {
  const state = useSession();
  if (!("me" in state)) throw new Error("Nobody is signed in.");
  return state.me;
}
