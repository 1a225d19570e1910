import { useMemo, useState, useSyncExternalStore } from "react";
import { useSearch } from "wouter";
import type { People } from "../../../people/people";
import { useMe } from "../../../session/use-session";
import type { Id, Project, Task } from "../../../sync/model";
import { useProject, useStore, useTopic } from "../../../sync/react";
import { priorities, priorityNames } from "../../../ui/priority-icon";
import { isOpen } from "../../../words/tasks";
import { useClock } from "../../../words/use-clock";
import { shownColumn } from "../board/recent";
import { useSight } from "../filter/use-sight";
import { type Grouping, grouped, type Head, inOrder, type Row, readGrouping, readOrder, rowsOf } from "./rows";

type Named = Omit<Head, "collapsed">;

interface Rows {
  readonly grouping: Grouping;
  readonly list: readonly Row[];
  readonly toggle: (head: Head) => void;
}

/** The rows that the address asks for. */
export function useRows(people: People): Rows {
  const store = useStore();
  const project = useProject();
  const me = useMe();
  const sight = useSight();
  const search = useSearch();
  const { today: day, locale } = useClock();
  const grouping = readGrouping(search);
  const order = readOrder(search);
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const turn = useTopic("tasks", (from) => from.turn);
  const released = useSyncExternalStore(sight.on, sight.turn);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `turn` says when tasks are others, `released` when they go out of sight without a change.
  const list = useMemo(() => {
    const { statuses } = project.workflow;
    const shown = { day, zone: me.timezone, sight };
    // Grouped by status, what was finished long ago is in a collapsed group. Elsewhere it would be between the rest.
    const ids = statuses.flatMap((status) =>
      grouping === "status" ? sight.column(store, status.key) : shownColumn(store, status, shown),
    );
    const tasks = inOrder(
      ids.flatMap((id): Task[] => [store.task(id)].filter((task) => task !== undefined)),
      order,
    );
    const heads = headsOf(grouping, { project, people, locale, me: me.id, tasks }).map((head): Head => {
      const isFinished = grouping === "status" && !isOpen(statuses.find(({ key }) => key === head.key)?.category);
      return { ...head, collapsed: isFinished !== toggled.has(`${grouping}/${head.key}`) };
    });
    return rowsOf(grouped(tasks, heads, grouping));
  }, [store, project, people, locale, me, day, sight, grouping, order, turn, toggled, released]);
  const toggle = ({ key }: Head) => {
    const next = new Set(toggled);
    if (!next.delete(`${grouping}/${key}`)) next.add(`${grouping}/${key}`);
    setToggled(next);
  };
  return { grouping, list, toggle };
}

interface About {
  readonly project: Project;
  readonly people: People;
  readonly locale: string;
  readonly me: Id;
  readonly tasks: readonly Task[];
}

function headsOf(grouping: Grouping, { project, people, locale, me, tasks }: About): Named[] {
  if (grouping === "status") return project.workflow.statuses.map(({ key, name }) => ({ key, name }));
  if (grouping === "priority") return priorities.toReversed().map((key) => ({ key, name: priorityNames[key] }));
  if (grouping === "label") {
    return [...project.labels.map(({ key, name }) => ({ key, name })), { key: "none", name: "No label" }];
  }
  const members = people.members(locale).map(({ id }) => id);
  // Oneself first. Who has left stands last.
  const ids = new Set([
    ...members.filter((id) => id === me),
    ...members,
    ...tasks.flatMap(({ assignees }) => assignees),
  ]);
  return [...[...ids].map((id) => ({ key: id, name: people.label(id) })), { key: "none", name: "Nobody" }];
}
