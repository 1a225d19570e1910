// Descriptions that a project's board does without until they are read from the local copy.

import type { EventData } from "./fold/events";
import type { Id, ProjectEvent } from "./model";

export class MissingTexts {
  private readonly ids: Set<Id>;

  constructor(apart: readonly Id[]) {
    this.ids = new Set(apart);
  }

  get none(): boolean {
    return this.ids.size === 0;
  }

  has(task: Id): boolean {
    return this.ids.has(task);
  }

  /** Whether the text was missing. It no longer is. */
  found(task: Id): boolean {
    return this.ids.delete(task);
  }

  forgetAll(): void {
    this.ids.clear();
  }

  /** An event that brings a description has a newer one. */
  applied({ type, data }: ProjectEvent): void {
    if (this.none) return;
    if (type === "task.updated") {
      const { task, set }: EventData["task.updated"] = data;
      if (set.description !== undefined) this.ids.delete(task);
    } else if (type === "task.restored" || type === "task.unarchived") {
      const { tasks }: EventData["task.restored" | "task.unarchived"] = data;
      for (const { id } of tasks) this.ids.delete(id);
    } else if (type === "task.deleted" || type === "task.archived") {
      // What comes back brings its text.
      const { tasks }: EventData["task.deleted" | "task.archived"] = data;
      for (const id of tasks) this.ids.delete(id);
    }
  }
}
