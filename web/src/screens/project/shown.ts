import { useEffect } from "react";
import type { ProjectStore } from "../../sync/store";

let current: ProjectStore | null = null;

/** The project on the screen, for what stands outside of it. */
export const shownProject = (): ProjectStore | null => current;

export function useShownProject(store: ProjectStore): void {
  useEffect(() => {
    current = store;
    return () => {
      if (current === store) current = null;
    };
  }, [store]);
}
