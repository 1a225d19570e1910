// What is kept on this device for one person: the queue, what was refused, drafts, and the local copies of projects.

import type { Command, Id, Moment, Problem, ProjectEvent, Snapshot } from "./model";

/** A command that waits to be sent or acknowledged. */
export interface Entry {
  /** Its place in the queue. No number is given twice. */
  readonly number: number;
  readonly project: Id;
  readonly command: Command & { readonly command_id: Id };
  readonly at: Moment;
  /** The commands of one doing of the person: undone together. */
  readonly group: Id;
  readonly bytes: number;
}

export interface Refused extends Entry {
  readonly problem: Problem;
  /** The project is closed to this person: the command is kept to be read and copied. */
  readonly textOnly: boolean;
}

/** A project as it was at one version. What came later is in `KeptEvent`. */
export interface Copy {
  readonly project: Id;
  readonly savedAt: number;
  /** Without the descriptions of the tasks in `apart`. */
  readonly snapshot: Snapshot;
  readonly apart: readonly Id[];
}

/** Descriptions of a copy, apart from it, so that a board opens without reading them. */
export interface Texts {
  readonly project: Id;
  readonly part: number;
  /** That of the snapshot. */
  readonly version: number;
  readonly texts: readonly (readonly [task: Id, text: string])[];
}

export interface KeptEvent {
  readonly project: Id;
  readonly version: number;
  readonly epoch: string;
  readonly event: ProjectEvent;
}

/** The task of a draft whose project is closed to the person by now, in words. */
export interface Left {
  readonly project: Id;
  readonly name: string;
  readonly task: string;
}

export interface Draft {
  readonly key: string;
  readonly text: string;
  /** What the text was when the draft began, and the version of the task then. */
  readonly base: string;
  readonly version: number;
  readonly left?: Left;
  readonly at: number;
}

export interface Rows {
  queue: Entry;
  refused: Refused;
  drafts: Draft;
  copies: Copy;
  texts: Texts;
  events: KeptEvent;
}

export type StoreName = keyof Rows;
export type Key = number | string | [string, number];

export type Change =
  | { readonly append: Omit<Entry, "number"> }
  | { [S in StoreName]: { readonly put: S; readonly value: Rows[S] } }[StoreName]
  | { readonly remove: StoreName; readonly key: Key }
  /** The events of a project up to a version, or all of them. */
  | { readonly forget: Id; readonly upTo: number }
  | { readonly forgetTexts: Id };

export interface Storage {
  /** Whether it outlives the page. */
  readonly lasting: boolean;
  all<S extends StoreName>(store: S): Promise<Rows[S][]>;
  copy(project: Id): Promise<{ copy: Copy; events: KeptEvent[] } | null>;
  /** One part of a copy's descriptions. They are numbered from 0. */
  texts(project: Id, part: number): Promise<Texts | undefined>;
  /** All of it or nothing. Answers the numbers of what was appended to the queue. */
  write(changes: readonly Change[]): Promise<number[]>;
  /** Takes away everything: the person signed out. */
  clear(): Promise<void>;
  close(): void;
}

export function keyOf<S extends StoreName>(store: S, value: Rows[S]): Key {
  if (store === "queue" || store === "refused") return (value as Entry).number;
  if (store === "drafts") return (value as Draft).key;
  if (store === "copies") return (value as Copy).project;
  if (store === "texts") return [(value as Texts).project, (value as Texts).part];
  return [(value as KeptEvent).project, (value as KeptEvent).version];
}
