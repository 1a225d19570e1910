// What the palette offers: tasks of the project on the screen in the same frame, places and projects by their names.

import type { Task } from "../../sync/model";
import type { ProjectStore } from "../../sync/store";
import { analyse } from "../../words/analysis";
import { fold } from "../../words/fold";
import { ask, finds } from "../../words/question";
import { searched } from "../../words/searched";
import { taskName } from "../../words/tasks";

export interface Entry {
  readonly key: string;
  readonly name: string;
  readonly hint: string;
  readonly address: string;
}

const mostTasks = 8;

/** It has no address: it is done where one is. */
export const newProject: Entry = { key: "new-project", name: "New project", hint: "", address: "" };

export const places: readonly Entry[] = [
  { key: "inbox", name: "Inbox", hint: "Go to", address: "/inbox" },
  { key: "tasks", name: "My tasks", hint: "Go to", address: "/me/tasks" },
  { key: "projects", name: "Projects", hint: "Go to", address: "/projects" },
  { key: "archived", name: "Archived projects", hint: "Go to", address: "/projects/archived" },
  { key: "account", name: "Account", hint: "Go to", address: "/account" },
  newProject,
];

export function placesIn(store: ProjectStore | null): readonly Entry[] {
  if (!store) return places;
  const { id, name } = store.view.project;
  const board = { key: "board", name: "Board", hint: name, address: `/p/${id}` };
  const settings = { key: "settings", name: "Settings of the project", hint: name, address: `/p/${id}/settings` };
  const list = { key: "list", name: "List", hint: name, address: `/p/${id}?view=list` };
  return [board, list, settings, ...places];
}

/** Whether the text has all words of the question, the last one perhaps not written to its end. */
export function answers(text: string, question: string): boolean {
  const asked = ask(question);
  return asked.wanted.length === 0 || finds(asked, analyse(text));
}

/** Tasks of the project that the question finds, those with that number first. */
export function localTasks(store: ProjectStore | null, question: string): readonly Entry[] {
  if (!store || question.trim() === "") return [];
  const { project } = store.view;
  const asked = ask(question);
  const found: Task[] = [];
  for (const task of store.view.tasks()) if (finds(asked, searched(project, task))) found.push(task);
  const exact = (task: Task) =>
    String(task.number) === question.trim() || fold(taskName(project, task)) === fold(question);
  found.sort((a, b) => Number(exact(b)) - Number(exact(a)) || b.number - a.number);
  return found.slice(0, mostTasks).map((task) => ({
    key: task.id,
    name: task.title,
    hint: taskName(project, task),
    address: task.number > 0 ? `/p/${project.id}/${task.number}` : `/p/${project.id}/t/${task.id}`,
  }));
}
