// What the engine speaks of: the resources, events and commands of docs/API.md and docs/EVENTS.md, as the page holds them.
// Values are never changed in place: a change makes a new object, so that a view can compare by identity.

export type Id = string;
/** A day, `2026-12-24`: never an instant, so no `Date` is made of it. */
export type Day = string;
/** An instant, `2026-11-03T10:00:00.000Z`. */
export type Moment = string;
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type JsonObject = { [key: string]: Json };

export type Role = "owner" | "editor" | "viewer";
export type Category = "backlog" | "open" | "active" | "done" | "cancelled";
export type Priority = "none" | "low" | "medium" | "high" | "urgent";
export type DependencyKind = "blocks" | "relates";
export type FieldType = "text" | "number" | "date" | "select" | "multi_select" | "person" | "url" | "checkbox";

export interface Status {
  readonly key: string;
  readonly name: string;
  readonly category: Category;
  readonly limit?: number | null;
}

export interface Workflow {
  readonly statuses: readonly Status[];
  readonly transitions?: { readonly [from: string]: readonly string[] } | null;
}

export interface Label {
  readonly key: string;
  readonly name: string;
  readonly color: string;
  readonly archived: boolean;
}

export interface FieldOption {
  readonly key: string;
  readonly name: string;
}

export interface Field {
  readonly key: string;
  readonly name: string;
  readonly type: FieldType;
  readonly options: readonly FieldOption[] | null;
  readonly archived: boolean;
}

export interface Project {
  readonly id: Id;
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly workflow: Workflow;
  readonly labels: readonly Label[];
  readonly fields: readonly Field[];
  readonly blocked_gate: "finish" | "start" | "off";
  readonly archived: boolean;
  readonly created_at: Moment;
  readonly created_by: Id;
  readonly updated_at: Moment;
}

export interface Member {
  readonly user: Id;
  readonly role: Role;
}

export interface Task {
  readonly id: Id;
  /** 1, 2, 3 … within the project; 0 while the server has not numbered it yet. */
  readonly number: number;
  readonly title: string;
  readonly description: string;
  readonly status: string;
  readonly assignees: readonly Id[];
  readonly labels: readonly string[];
  readonly priority: Priority;
  readonly start_on: Day | null;
  readonly due_on: Day | null;
  readonly estimate: number | null;
  readonly rank: string;
  readonly parent: Id | null;
  readonly config: JsonObject;
  readonly fields: JsonObject;
  readonly comment_count: number;
  readonly version: number;
  readonly created_at: Moment;
  readonly created_by: Id;
  readonly updated_at: Moment;
}

/** `task` waits for `on` (`blocks`), or the two belong together (`relates`, the smaller id as `task`). */
export interface Dependency {
  readonly task: Id;
  readonly on: Id;
  readonly kind: DependencyKind;
}

export interface Snapshot {
  readonly epoch: string;
  readonly version: number;
  readonly project: Project;
  readonly members: readonly Member[];
  readonly tasks: readonly Task[];
  readonly dependencies: readonly Dependency[];
}

export interface Reranked {
  readonly task: Id;
  readonly rank: string;
}

export interface ProjectEvent {
  readonly project: Id;
  readonly version: number;
  readonly type: string;
  readonly at: Moment;
  readonly actor: Id;
  readonly command_id: Id;
  readonly via?: string;
  readonly undoes?: number;
  readonly overrode?: readonly Id[];
  readonly reranked?: readonly Reranked[];
  // The shape of `data` depends on `type`: docs/EVENTS.md. The fold reads it.
  // biome-ignore lint/suspicious/noExplicitAny: an event of a later version may hold anything.
  readonly data: any;
}

/** What a client may set of a task. */
export interface TaskFields {
  title?: string;
  description?: string;
  status?: string;
  assignees?: readonly Id[];
  labels?: readonly string[];
  priority?: Priority;
  start_on?: Day | null;
  due_on?: Day | null;
  estimate?: number | null;
  parent?: Id | null;
  config?: JsonObject;
  fields?: JsonObject;
}

export interface Changes {
  assignees?: readonly Id[];
  labels?: readonly string[];
}

export interface ProjectFields {
  name?: string;
  description?: string;
  key?: string;
  workflow?: Workflow;
  blocked_gate?: "finish" | "start" | "off";
  archived?: boolean;
}

/** A command as it is sent, without its `command_id`, which the queue gives it. */
export type Command =
  | { type: "project.update"; set: ProjectFields }
  | { type: "label.put"; key: string; name: string; color: string }
  | { type: "label.archive"; key: string }
  | { type: "field.put"; key: string; name: string; field_type: FieldType; options?: readonly FieldOption[] }
  | { type: "field.archive"; key: string }
  | { type: "member.add"; user: Id; role: Role }
  | { type: "member.update"; user: Id; role: Role }
  | { type: "member.remove"; user: Id }
  | ({ type: "task.create"; id: Id; title: string; after?: Id; before?: Id } & TaskFields)
  | {
      type: "task.update";
      task: Id;
      set?: TaskFields;
      add?: Changes;
      remove?: Changes;
      expect?: number;
      override?: boolean;
    }
  | { type: "task.move"; task: Id; status?: string; after?: Id; before?: Id; override?: boolean }
  | { type: "task.delete"; task: Id }
  | { type: "task.restore"; task: Id }
  | { type: "task.archive"; task: Id }
  | { type: "task.unarchive"; task: Id }
  | { type: "task.watch"; task: Id }
  | { type: "task.unwatch"; task: Id }
  | { type: "dependency.add"; task: Id; on: Id; kind?: DependencyKind }
  | { type: "dependency.remove"; task: Id; on: Id; kind?: DependencyKind }
  | { type: "comment.add"; id: Id; task: Id; body: string; reply_to?: Id }
  | { type: "comment.update"; comment: Id; body: string }
  | { type: "comment.delete"; comment: Id }
  | { type: "comment.restore"; comment: Id }
  | { type: "comment.react"; comment: Id; emoji: string; on: boolean }
  | { type: "event.undo"; version: number };

/** A problem document (RFC 9457). */
export interface Problem {
  readonly code: string;
  readonly title?: string;
  readonly detail: string;
  readonly status: number;
  readonly [member: string]: unknown;
}
