import { useCallback, useMemo } from "react";
import { useLocation } from "wouter";
import { at, routerBase } from "../../base";
import { type Box, type Lookup, Markdown } from "../../markdown";
import type { Sources } from "../../markdown/use-choices";
import { taskByNumber } from "../../sync/numbers";
import { useMembers, useProject, useStore, useTopic } from "../../sync/react";
import type { ProjectStore } from "../../sync/store";
import { isOpen, statusName, statusOf, taskName } from "../../words/tasks";
import { taskPath, useTaskPlace } from "./context";

/** What a text may refer to. It is another one only when a task that the text names, or a person, is. */
export function useLookup(text: string): Lookup {
  const store = useStore();
  const { key } = useProject();
  const { people, me } = useTaskPlace();
  const numbers = useMemo(() => numbersIn(text, key), [text, key]);
  const named = useTopic("tasks", (from) => numbers.map((number) => wordsOf(from, number)).join("\n"));
  // biome-ignore lint/correctness/useExhaustiveDependencies: `named` says when a named task is another one.
  return useMemo<Lookup>(
    () => ({
      key,
      person: (id) => (people.person(id) ? { name: people.name(id), me: id === me } : null),
      task: (number) => {
        const task = taskByNumber(store, number);
        if (!task) return null;
        const { project } = store.view;
        const done = !isOpen(statusOf(project, task.status)?.category);
        const href = at(`.${taskPath(store.id, task)}`);
        return { title: task.title, status: statusName(project, task.status), done, href };
      },
    }),
    [named, key, people, me, store],
  );
}

function numbersIn(text: string, key: string): number[] {
  return [...text.matchAll(new RegExp(`${key}-([1-9]\\d{0,8})`, "g"))].map((found) => Number(found[1]));
}

function wordsOf(store: ProjectStore, number: number): string {
  const task = taskByNumber(store, number);
  return task ? `${task.status} ${task.title}` : "";
}

interface TextProps {
  text: string;
  onTick?: ((box: Box, checked: boolean) => void) | undefined;
}

/** Shown Markdown, with the people and tasks of this project in it. */
export function Text({ text, onTick }: TextProps) {
  const [, navigate] = useLocation();
  const lookup = useLookup(text);
  const follow = useCallback(
    (address: URL) => navigate(address.pathname.slice(routerBase().length) + address.search + address.hash),
    [navigate],
  );
  return <Markdown text={text} lookup={lookup} onTick={onTick} onFollow={follow} />;
}

const most = 8;

/** What a field of Markdown offers while somebody types. */
export function useSources(): Sources {
  const store = useStore();
  const { key } = useProject();
  const members = useMembers();
  const { people } = useTaskPlace();
  return useMemo<Sources>(
    () => ({
      projectKey: key,
      mentions: people.mentions,
      detailOf: (person) => members.find(({ user }) => user === person)?.role ?? "",
      findTasks: (query) =>
        findTasks(store, query, most).map((task) => ({ name: taskName(store.view.project, task), title: task.title })),
    }),
    [store, key, members, people],
  );
}

/** Tasks whose number begins with the query, or whose title has it; open and lately changed ones first. */
export function findTasks(store: ProjectStore, query: string, limit: number) {
  const wanted = query.trim().toLowerCase();
  const digits = /^(?:[a-z][a-z0-9]*-)?(\d+)$/.exec(wanted)?.[1];
  const { project } = store.view;
  const fits = [...store.view.tasks()].filter(
    (task) =>
      task.number > 0 && (digits ? String(task.number).startsWith(digits) : task.title.toLowerCase().includes(wanted)),
  );
  const rank = (status: string): number => (isOpen(statusOf(project, status)?.category) ? 0 : 1);
  fits.sort((a, b) =>
    digits ? a.number - b.number : rank(a.status) - rank(b.status) || (a.updated_at < b.updated_at ? 1 : -1),
  );
  return fits.slice(0, limit);
}
