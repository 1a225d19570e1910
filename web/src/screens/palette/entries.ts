// What the palette offers: tasks of the project on the screen in the same frame, places and projects by their names.

import { type Theme, themes } from "../../app/theme";
import type { Task } from "../../sync/model";
import type { ProjectStore } from "../../sync/store";
import { analyse } from "../../words/analysis";
import { fold } from "../../words/fold";
import { ask, finds } from "../../words/question";
import { type Names, searched } from "../../words/searched";
import { taskName } from "../../words/tasks";
import type { Action } from "../project/actions";

export interface Entry {
  readonly key: string;
  readonly name: string;
  readonly hint: string;
  /** Where it leads, or what it does where one is. */
  readonly to: string | (() => void);
  /** The key that does the same. */
  readonly shortcut?: string;
}

const mostTasks = 8;

export const places: readonly Entry[] = [
  { key: "inbox", name: "Inbox", hint: "Go to", to: "/inbox" },
  { key: "tasks", name: "My tasks", hint: "Go to", to: "/me/tasks" },
  { key: "projects", name: "Projects", hint: "Go to", to: "/projects" },
  { key: "archived", name: "Archived projects", hint: "Go to", to: "/projects/archived" },
  { key: "account", name: "Account", hint: "Go to", to: "/account" },
];

/** What can be done to the task and the view on the screen. */
export const actionEntries = (actions: readonly Action[]): readonly Entry[] =>
  actions.map(({ run, ...action }) => ({ ...action, hint: "", to: run }));

export interface Anywhere {
  readonly newProject: () => void;
  readonly keys: () => void;
  readonly signOut: () => void;
  readonly theme: (theme: Theme) => void;
}

/** What can be done on every screen. */
export const anywhere = ({ newProject, keys, signOut, theme }: Anywhere): readonly Entry[] => [
  { key: "new-project", name: "New project", hint: "", to: newProject },
  { key: "keys", name: "Keys", hint: "All of them", shortcut: "?", to: keys },
  ...themes.map(
    ({ value, name }): Entry => ({ key: `theme-${value}`, name: `Theme: ${name}`, hint: "", to: () => theme(value) }),
  ),
  { key: "sign-out", name: "Sign out", hint: "", to: signOut },
];

export function placesIn(store: ProjectStore | null): readonly Entry[] {
  if (!store) return places;
  const { id, name } = store.view.project;
  const board = { key: "board", name: "Board", hint: name, to: `/p/${id}` };
  const settings = { key: "settings", name: "Settings of the project", hint: name, to: `/p/${id}/settings` };
  const list = { key: "list", name: "List", hint: name, to: `/p/${id}?view=list` };
  return [board, list, settings, ...places];
}

/** Whether the text has all words of the question, the last one perhaps not written to its end. */
export function answers(text: string, question: string): boolean {
  const asked = ask(question);
  return asked.wanted.length === 0 || finds(asked, analyse(text));
}

/** Tasks of the project that the question finds, those with that number first. */
export function localTasks(store: ProjectStore | null, people: Names, question: string): readonly Entry[] {
  if (!store || question.trim() === "") return [];
  const { project } = store.view;
  const asked = ask(question);
  const found: Task[] = [];
  for (const task of store.view.tasks()) if (finds(asked, searched(project, people, task))) found.push(task);
  const exact = (task: Task) =>
    String(task.number) === question.trim() || fold(taskName(project, task)) === fold(question);
  found.sort((a, b) => Number(exact(b)) - Number(exact(a)) || b.number - a.number);
  return found.slice(0, mostTasks).map((task) => ({
    key: task.id,
    name: task.title,
    hint: taskName(project, task),
    to: task.number > 0 ? `/p/${project.id}/${task.number}` : `/p/${project.id}/t/${task.id}`,
  }));
}
