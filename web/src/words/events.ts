import type { Id, ProjectEvent } from "../sync/model";

/** The task that an event changed; of several the first. `null`: it changed no task that is still there. */
export function taskOf({ type, data }: ProjectEvent): Id | null {
  if (type === "task.created") return data.task.id;
  if (type === "task.restored") return data.tasks[0]?.id ?? null;
  const ofTask = /^(task\.(updated|moved)|dependency\.|comment\.(added|deleted|restored))/.test(type);
  return ofTask ? data.task : null;
}
