import type { Notification } from "./model";

/** Where a notification leads to: the task, at the comment if there is one. `null`: nowhere any more. */
export function addressOf({ project, task, comment }: Notification): string | null {
  if (project === null) return null;
  if (task === null) return `/p/${project.id}`;
  const place = comment === null ? "" : `#c-${comment}`;
  return `/p/${project.id}/${task.number}${place}`;
}
