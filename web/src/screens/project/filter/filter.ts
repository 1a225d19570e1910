// Which tasks a board shows: read from and written to the address, so that a filter can be sent to somebody.

import type { Id, Priority, Project, Task } from "../../../sync/model";
import { ask, finds, type Question } from "../../../words/question";
import { type Names, searched } from "../../../words/searched";

export const properties = ["assignee", "label", "priority"] as const;
export type Property = (typeof properties)[number];

/** One of `values`, or with `not` none of them. `none` stands for nobody and no label, `me` for who reads. */
export interface Choice {
  readonly values: readonly string[];
  readonly not: boolean;
}

export interface Filter {
  readonly text: string;
  readonly choices: Readonly<Record<Property, Choice>>;
}

const any: Choice = { values: [], not: false };
export const everything: Filter = { text: "", choices: { assignee: any, label: any, priority: any } };

export function isEmpty({ text, choices }: Filter): boolean {
  return text.trim() === "" && properties.every((property) => choices[property].values.length === 0);
}

/** From the search part of an address. Whatever else stands there is not touched. */
export function readFilter(search: string): Filter {
  const given = new URLSearchParams(search);
  const choice = (property: Property): Choice => {
    const not = given.getAll(`${property}.not`);
    return not.length > 0 ? { values: not, not: true } : { values: given.getAll(property), not: false };
  };
  const choices = { assignee: choice("assignee"), label: choice("label"), priority: choice("priority") };
  return { text: given.get("text") ?? "", choices };
}

/** The search part of an address, without `?`, made of the one that is there. */
export function writeFilter({ text, choices }: Filter, search = ""): string {
  const written = new URLSearchParams(search);
  written.delete("text");
  if (text.trim() !== "") written.set("text", text);
  for (const property of properties) {
    const { values, not } = choices[property];
    written.delete(property);
    written.delete(`${property}.not`);
    for (const value of values) written.append(not ? `${property}.not` : property, value);
  }
  return written.toString();
}

export function withChoice(filter: Filter, property: Property, choice: Choice): Filter {
  return { ...filter, choices: { ...filter.choices, [property]: choice } };
}

/** Adds a value, or takes it away. */
export function toggled({ values, not }: Choice, value: string): Choice {
  const left = values.filter((other) => other !== value);
  return { values: left.length < values.length ? left : [...values, value], not };
}

/** Who looks, and the names that they know people by. */
export interface Reader {
  readonly me: Id;
  readonly people: Names;
}

export function matches({ text, choices }: Filter, task: Task, project: Project, { me, people }: Reader): boolean {
  if (!properties.every((property) => chosen(choices[property], valuesOf(property, task, me)))) return false;
  const question = asked(text);
  // While only a sign was typed, nothing is asked for yet.
  return question.wanted.length === 0 || finds(question, searched(project, people, task));
}

let latest: { readonly text: string; readonly question: Question } = { text: "", question: ask("") };

/** The question, read once for all tasks of a board. */
function asked(text: string): Question {
  if (latest.text !== text) latest = { text, question: ask(text) };
  return latest.question;
}

function chosen({ values, not }: Choice, own: readonly string[]): boolean {
  if (values.length === 0) return true;
  return values.some((value) => own.includes(value)) !== not;
}

function valuesOf(property: Property, task: Task, me: Id): readonly string[] {
  if (property === "priority") return [task.priority];
  const own = property === "assignee" ? task.assignees : task.labels;
  if (own.length === 0) return ["none"];
  return property === "assignee" && own.includes(me) ? [...own, "me"] : own;
}

export interface Given {
  assignees?: Id[];
  labels?: string[];
  priority?: Priority;
}

/** What a task made under a filter gets, so that it is seen there: the value of each property that has exactly one. */
export function valuesFor({ choices }: Filter, me: Id): Given {
  const only = (property: Property) => {
    const { values, not } = choices[property];
    return not || values.length !== 1 || values[0] === "none" ? undefined : values[0];
  };
  const assignee = only("assignee");
  const label = only("label");
  const priority = only("priority");
  return {
    ...(assignee ? { assignees: [assignee === "me" ? me : assignee] } : {}),
    ...(label ? { labels: [label] } : {}),
    ...(priority ? { priority: priority as Priority } : {}),
  };
}
