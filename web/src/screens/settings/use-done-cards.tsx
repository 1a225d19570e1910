import { type ReactNode, useState } from "react";
import { usePeopleHere } from "../../people/use-people";
import { useMe } from "../../session/use-session";
import type { Command, Status } from "../../sync/model";
import { useColumn, useProject, useStore, useSubmit } from "../../sync/react";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import type { MenuEntry } from "../../ui/menu";
import { StatusIcon } from "../../ui/status-icon";
import { toast } from "../../ui/toast";
import { explain } from "../../words/problems";
import { isOpen } from "../../words/tasks";
import { useClock } from "../../words/use-clock";
import { recentDays } from "../project/board/recent";
import { type Archiving, archivingOf, longDone, movingOf, takingBack } from "./done-cards";
import { useRights } from "./use-rights";

interface DoneCards {
  readonly entries: readonly MenuEntry[];
  readonly dialog: ReactNode;
}

interface Asked extends Archiving {
  readonly count: number;
}

const tasks = (count: number): string => `${count.toLocaleString()} ${count === 1 ? "task" : "tasks"}`;

/** What can be done with all that is finished: into the archive, or into another column. */
export function useDoneCards(status: Status): DoneCards {
  const store = useStore();
  const { timezone: zone } = useMe();
  const { today: day } = useClock();
  const { statuses } = useProject().workflow;
  const count = useColumn(status.key).length;
  const { labels: edits } = useRights();
  const give = useGiveAll();
  const [asked, setAsked] = useState<Asked | null>(null);
  if (!edits || isOpen(status.category)) return { entries: [], dialog: null };

  const ask = (ids: readonly string[]) => {
    if (ids.length > 0) setAsked({ ...archivingOf(store, ids), count: ids.length });
    else toast.show({ text: `Nothing here was done more than ${recentDays} days ago.` });
  };
  const move = (to: Status) => {
    const { commands, reason } = movingOf(store, status.key, to);
    const stay = count - commands.length;
    const left = reason === null ? "" : ` ${tasks(stay)} stayed: ${reason}.`;
    give(commands, `${tasks(commands.length)} moved to ${to.name}.${left}`);
  };
  const empty = count === 0;
  const entries: MenuEntry[] = [
    { key: "archive", name: "Archive all…", disabled: empty, onSelect: () => ask(store.column(status.key)) },
    {
      key: "old",
      name: `Archive what was done more than ${recentDays} days ago…`,
      disabled: empty,
      onSelect: () => ask(longDone(store, status.key, { day, zone })),
    },
    {
      key: "move",
      name: "Move all to",
      disabled: empty,
      items: statuses
        .filter(({ key }) => key !== status.key)
        .map((to) => ({
          key: to.key,
          name: to.name,
          icon: <StatusIcon category={to.category} />,
          onSelect: () => move(to),
        })),
    },
    { key: "shelf", name: "Archived tasks", href: `/p/${store.id}/archive` },
    { key: "cards", separator: true },
  ];
  const archive = ({ commands, count: chosen, along }: Asked) => {
    setAsked(null);
    give(commands, `${tasks(chosen + along)} archived.`);
  };
  const dialog = asked && (
    <ArchiveDialog asked={asked} onClose={() => setAsked(null)} onConfirm={() => archive(asked)} />
  );
  return { entries, dialog };
}

interface DialogProps {
  asked: Asked;
  onClose(): void;
  onConfirm(): void;
}

function ArchiveDialog({ asked: { count, along }, onClose, onConfirm }: DialogProps) {
  const more = along > 0 ? ` ${tasks(along)} below ${count === 1 ? "it" : "them"} in other columns will go along.` : "";
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Archive ${tasks(count)}?`}
      description={`They leave the board. In the archive they can be read, found and brought back.${more}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" onClick={onConfirm}>
            Archive
          </Button>
        </>
      }
    />
  );
}

/** Gives many commands as one change, which is undone as one, and says what became of them. */
function useGiveAll(): (commands: readonly Command[], said: string) => void {
  const store = useStore();
  const submit = useSubmit();
  const people = usePeopleHere();
  const me = useMe().id;
  return (commands, said) => {
    if (commands.length === 0) {
      toast.show({ text: said });
      return;
    }
    const outcomes = submit(...commands);
    const undo = async () => void submit(...takingBack(await outcomes));
    const shown = toast.show({ text: said, action: { name: "Undo", onSelect: () => void undo() } });
    void outcomes.then((all) => {
      const refused = all.flatMap((outcome, index) =>
        outcome.kind === "refused" ? [{ problem: outcome.problem, command: commands[index] }] : [],
      );
      const [first] = refused;
      if (!first) return;
      const about = { view: store.view, people, me, ...(first.command ? { command: first.command } : {}) };
      const more = refused.length > 1 ? ` So ${refused.length - 1} more.` : "";
      if (refused.length === all.length) toast.close(shown);
      toast.show({ text: `${explain(first.problem, about).text}${more}`, refused: true });
    });
  };
}
