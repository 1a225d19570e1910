import { createContext, useCallback, useContext, useMemo, useState } from "react";
import { useLocation, useSearch } from "wouter";
import type { People } from "../../people/people";
import { usePeopleHere } from "../../people/use-people";
import { useMe } from "../../session/use-session";
import type { Command, Id, Role, Task } from "../../sync/model";
import type { Outcome } from "../../sync/outbox";
import { useEngine, useMembers, useProject, useStore, useSubmit } from "../../sync/react";
import { toast } from "../../ui/toast";
import { writtenIn } from "../../words/commands";
import { type Explained, explain } from "../../words/problems";

export interface Refused {
  readonly explained: Explained;
  readonly command: Command;
}

export interface TaskPlace {
  readonly me: Id;
  readonly role: Role;
  readonly readOnly: boolean;
  readonly people: People;
  /** Gives commands. What is refused is said at the top of the task. `true`: all were done. */
  readonly run: (...commands: Command[]) => Promise<boolean>;
  readonly refused: Refused | null;
  /** The refusal was read: unless it has a text that somebody wrote, it is not kept behind the pill either. */
  readonly dismiss: () => void;
  /** As `run`, for what goes on when the task is closed: what is refused is said in the corner. */
  readonly runApart: (...commands: Command[]) => Promise<boolean>;
  /** Says a refusal that was judged elsewhere. */
  readonly say: (outcome: Outcome, command: Command) => void;
}

export const TaskPlaceContext = createContext<TaskPlace | null>(null);

export function useTaskPlace(): TaskPlace {
  const place = useContext(TaskPlaceContext);
  if (!place) throw new Error("no task around this component");
  return place;
}

/** What the parts of a shown task share. */
export function useNewTaskPlace(): TaskPlace {
  const me = useMe().id;
  const engine = useEngine();
  const store = useStore();
  const submit = useSubmit();
  const people = usePeopleHere();
  const project = useProject();
  const role = useMembers().find(({ user }) => user === me)?.role ?? "viewer";
  const [refused, setRefused] = useState<Refused | null>(null);

  const say = useCallback(
    (outcome: Outcome, command: Command) => {
      if (outcome.kind === "done") return;
      setRefused({ explained: explain(outcome.problem, { view: store.view, people, me, command }), command });
    },
    [store, people, me],
  );
  const run = useCallback(
    async (...commands: Command[]) => {
      setRefused(null);
      const outcomes = await submit(...commands);
      outcomes.forEach((outcome, index) => {
        const command = commands[index];
        if (command) say(outcome, command);
      });
      return outcomes.every(({ kind }) => kind === "done");
    },
    [submit, say],
  );
  const runApart = useCallback(
    async (...commands: Command[]) => {
      const outcomes = await submit(...commands);
      outcomes.forEach((outcome, index) => {
        const command = commands[index];
        if (outcome.kind === "done" || !command) return;
        toast.show({ text: explain(outcome.problem, { view: store.view, people, me, command }).text, refused: true });
      });
      return outcomes.every(({ kind }) => kind === "done");
    },
    [submit, store, people, me],
  );
  const dismiss = useCallback(() => {
    setRefused(null);
    if (!refused) return;
    const read = engine.refused().filter((one) => one.project === store.id && isSame(one.command, refused.command));
    for (const { number, under } of read) if (under.length === 0) void engine.discard(number);
  }, [engine, store, refused]);
  const readOnly = role === "viewer" || project.archived;
  return useMemo(
    () => ({ me, role, readOnly, people, run, runApart, refused, dismiss, say }),
    [me, role, readOnly, people, run, runApart, refused, dismiss, say],
  );
}

/** Whether both ask for the same of one task, in which nobody wrote anything. */
function isSame(one: Command, other: Command): boolean {
  if (one.type !== other.type || writtenIn(one) !== null) return false;
  return "task" in one && "task" in other && one.task === other.task;
}

/** Where a task is shown. One that has no number yet goes by its id. */
export function taskPath(project: Id, task: Pick<Task, "id" | "number">): string {
  return task.number > 0 ? `/p/${project}/${task.number}` : `/p/${project}/t/${task.id}`;
}

/** The same with the filter of the board, which goes along. */
export function useTaskHref(): (task: Pick<Task, "id" | "number">) => string {
  const { id } = useStore();
  const search = useSearch();
  return useCallback((task) => taskPath(id, task) + (search === "" ? "" : `?${search}`), [id, search]);
}

export function useGoToTask(): (task: Pick<Task, "id" | "number">, options?: { replace?: boolean }) => void {
  const href = useTaskHref();
  const [, navigate] = useLocation();
  return useCallback((task, options) => navigate(href(task), options), [href, navigate]);
}
