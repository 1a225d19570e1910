// What `data` of each type of event holds: docs/EVENTS.md.

import type { Dependency, FieldOption, FieldType, Id, Label, Member, Project, Task, TaskFields } from "../model";

type NewProject = Pick<Project, "key" | "name" | "description" | "workflow" | "blocked_gate">;
type NewTask = Omit<Task, "comment_count" | "version" | "created_at" | "created_by" | "updated_at">;
type ProjectChange = Partial<NewProject & Pick<Project, "archived">>;
/** `config` and `fields` are merge patches (RFC 7396); everything else replaces what was there. */
export type TaskChange = TaskFields & { rank?: string };

interface OfTask {
  task: Id;
}

interface OfComment {
  comment: Id;
  task: Id;
}

export interface EventData {
  "project.created": NewProject & { owner: Id };
  "project.updated": { set: ProjectChange };
  "project.deleted": Record<never, never>;
  "project.restored": Record<never, never>;
  "member.added": Member;
  "member.updated": Member;
  "member.removed": { user: Id };
  "label.put": Pick<Label, "key" | "name" | "color">;
  "label.archived": { key: string };
  "field.put": { key: string; name: string; type: FieldType; options: readonly FieldOption[] | null };
  "field.archived": { key: string };
  "task.created": { task: NewTask };
  "task.updated": { task: Id; set: TaskChange };
  "task.moved": { task: Id; rank: string; status?: string };
  "task.deleted": { task: Id; tasks: readonly Id[] };
  "task.restored": { task: Id; tasks: readonly Task[]; dependencies?: readonly Dependency[] };
  "task.archived": { task: Id; tasks: readonly Id[] };
  "task.unarchived": { task: Id; tasks: readonly Task[]; dependencies?: readonly Dependency[] };
  "task.watched": OfTask;
  "task.unwatched": OfTask;
  "dependency.added": Dependency;
  "dependency.removed": Dependency;
  "comment.added": OfComment & { body: string; reply_to?: Id; mentions?: readonly Id[] };
  "comment.updated": OfComment & { body: string; mentions?: readonly Id[] };
  "comment.deleted": OfComment;
  "comment.restored": OfComment & { body: string };
  "comment.reacted": OfComment & { emoji: string; on: boolean };
}

export type EventType = keyof EventData;
