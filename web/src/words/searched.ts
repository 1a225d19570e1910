// What a task on the screen is found by, as in the server: its name and title, its labels, its people, the values of its fields.

import type { Field, Id, Json, Project, Task } from "../sync/model";
import { type Analysed, analyse } from "./analysis";
import type { TaskTexts } from "./question";

/** What people are called. Who has left is not found by name. */
export interface Names {
  person(id: Id): { readonly name: string; readonly member: boolean } | undefined;
}

interface Known {
  readonly project: Project;
  readonly people: Names;
  readonly texts: TaskTexts;
}

/** A filter asks again for every task while somebody types. */
const known = new WeakMap<Task, Known>();

export function searched(project: Project, people: Names, task: Task): TaskTexts {
  const before = known.get(task);
  if (before?.project === project && before.people === people) return before.texts;
  const { key } = project;
  const texts = { ...together(textsOf(project, people, task)), key, number: task.number };
  known.set(task, { project, people, texts });
  return texts;
}

function textsOf(project: Project, people: Names, task: Task): string[] {
  const number = task.number > 0 ? [String(task.number)] : [];
  const labels = task.labels.flatMap((key) => {
    const label = project.labels.find((one) => one.key === key);
    return label ? [key, label.name] : [key];
  });
  const fields = project.fields.flatMap((field) => valuesOf(field, task.fields[field.key], people));
  return [task.title, ...number, ...labels, ...task.assignees.flatMap((id) => nameOf(people, id)), ...fields];
}

const nameOf = (people: Names, id: Id): string[] => {
  const person = people.person(id);
  return person?.member ? [person.name] : [];
};

function valuesOf(field: Field, value: Json | undefined, people: Names): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesOf(field, one, people));
  if (typeof value === "number") return [String(value)];
  // Whether a box is checked is no word.
  if (typeof value !== "string") return [];
  if (field.type === "person") return nameOf(people, value);
  const option = field.options?.find((one) => one.key === value);
  return option ? [value, option.name] : [value];
}

/** Texts as one, with a gap between two of them, so that no phrase reaches over it. */
export function together(texts: readonly string[]): Analysed {
  const all: Analysed = { lexemes: [], positions: 0 };
  for (const text of texts) {
    const { lexemes, positions } = analyse(text);
    for (const [at, lexeme] of lexemes) all.lexemes.push([all.positions + at, lexeme]);
    all.positions += positions + 1;
  }
  return all;
}
