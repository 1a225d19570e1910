import type { Cause } from "./model";

/** What a row says, after the name of who did it. */
const doing: Record<Cause, string> = {
  assigned: "assigned it to you",
  mentioned: "mentioned you",
  replied: "replied to you",
  changed: "changed it",
  blocker_finished: "finished what it waits for",
  invited: "added you to the project",
  removed: "removed you from the project",
};

/** Why somebody is told. */
export const reason: Record<Cause, string> = {
  assigned: "You are told because the task was assigned to you.",
  mentioned: "You are told because a comment names you.",
  replied: "You are told because it answers your comment.",
  changed: "You are told because you follow this task.",
  blocker_finished: "You are told because the task is yours and waited for another one.",
  invited: "You are told because your membership began.",
  removed: "You are told because your membership ended.",
};

export interface Told {
  readonly cause: Cause;
  readonly comment: string | null;
  /** How many events it tells of. */
  readonly count: number;
  readonly ofTask: boolean;
}

/** The cause in words: "Jonas commented and changed it, 4 times". */
export function causeWords(told: Told, actor: string | null): string {
  const who = actor ?? "Somebody";
  if (!told.ofTask && told.cause !== "invited" && told.cause !== "removed") {
    return `${who} ${bulk(told.cause)} ${tasks(told.count)}`;
  }
  const what = told.cause === "changed" && told.comment !== null ? "commented" : doing[told.cause];
  return told.count > 1 ? `${who} ${what}, ${told.count} changes` : `${who} ${what}`;
}

/** A change of many tasks at once is one row of the project. */
function bulk(cause: Cause): string {
  return cause === "assigned" ? "assigned to you" : cause === "mentioned" ? "mentioned you in" : "changed";
}

const tasks = (count: number): string => (count === 1 ? "a task" : `${count} tasks`);
