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

/** What a row of a project says: it tells of many tasks at once, or of the membership. */
const doingMuch: Record<Cause, string> = {
  ...doing,
  assigned: "assigned tasks to you",
  mentioned: "mentioned you in several tasks",
  replied: "replied to you in several tasks",
  changed: "changed many tasks",
  blocker_finished: "finished what several tasks wait for",
};

/** What else is said of a task, after the newest. */
const besides: Partial<Record<Cause, string>> = {
  assigned: "assigned to you",
  mentioned: "you are mentioned",
  replied: "you have a reply",
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
  readonly also?: readonly Cause[];
}

/** The cause in words: "Jonas commented", "Jonas changed it, 4 changes". */
export function causeWords({ cause, comment, count, ofTask, also = [] }: Told, actor: string | null): string {
  const who = actor ?? "Somebody";
  const what = ofTask ? (cause === "changed" && comment !== null ? "commented" : doing[cause]) : doingMuch[cause];
  const newest = count > 1 ? `${who} ${what}, ${count} changes` : `${who} ${what}`;
  return [newest, ...also.flatMap((other) => besides[other] ?? [])].join(" · ");
}

/** All that is told of projects that the reader is not in any more. */
export function goneWords(count: number): string {
  if (count === 1) return "You are no longer in this project, or it was deleted";
  return `${count} notices of projects that you are no longer in, or that were deleted`;
}
