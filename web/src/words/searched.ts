// What a task on the screen is found by: its name and title, its labels, the values of its fields.

import type { Json, Project, Task } from "../sync/model";
import { type Analysed, analyse } from "./analysis";

interface Known {
  readonly project: Project;
  readonly analysed: Analysed;
}

/** A filter asks again for every task while somebody types. */
const known = new WeakMap<Task, Known>();

export function searched(project: Project, task: Task): Analysed {
  const before = known.get(task);
  if (before?.project === project) return before.analysed;
  const analysed = together(textsOf(project, task));
  known.set(task, { project, analysed });
  return analysed;
}

function textsOf(project: Project, task: Task): string[] {
  const name = task.number > 0 ? [`${project.key}-${task.number}`, `${project.key}${task.number}`] : [];
  const labels = task.labels.flatMap((key) => {
    const label = project.labels.find((one) => one.key === key);
    return label ? [key, label.name] : [key];
  });
  const fields = project.fields.flatMap(({ key, options }) => {
    return valuesOf(task.fields[key]).flatMap((value) => {
      const option = options?.find((one) => one.key === value);
      return option ? [value, option.name] : [value];
    });
  });
  return [task.title, ...name, ...labels, ...fields];
}

function valuesOf(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(valuesOf);
  return typeof value === "string" || typeof value === "number" ? [String(value)] : [];
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
