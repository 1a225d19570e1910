import { ownName } from "../base";

const KEY = "lockstep.last_project";

/** The project that was open last in this browser, which `/` leads to. Kept by person. */
export function lastProject(user: string): string | null {
  try {
    const [owner, project] = (localStorage.getItem(ownName(KEY)) ?? "").split(" ");
    return owner === user && project !== undefined ? project : null;
  } catch {
    return null;
  }
}

export function setLastProject(user: string, project: string | null): void {
  try {
    if (project === null) localStorage.removeItem(ownName(KEY));
    else localStorage.setItem(ownName(KEY), `${user} ${project}`);
  } catch {
    // Storage may be forbidden: then `/` leads to the list.
  }
}
