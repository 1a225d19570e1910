import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useRef, useState } from "react";
import { useLocation } from "wouter";
import { api, ok } from "../../api/client";
import { useProjects } from "../../api/projects";
import { signOut } from "../../app/sign-out";
import { chooseTheme } from "../../app/theme";
import { nobody } from "../../people/people";
import { peopleQuery } from "../../people/use-people";
import { Kbd } from "../../ui/kbd";
import { actionsHere } from "../project/actions";
import { shownProject } from "../project/shown";
import { actionEntries, answers, anywhere, type Entry, localTasks, placesIn } from "./entries";
import styles from "./palette.module.css";

interface PaletteProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  onNewProject(): void;
  onKeys(): void;
}

/** Ctrl/⌘ K: to any task, project or place, and whatever can be done here. The local copy answers in the same frame, the server's finds follow below. */
export function Palette({ open, onOpenChange, onNewProject, onKeys }: PaletteProps) {
  const chosen = useRef<(() => void) | null>(null);
  const choose = (run: (() => void) | null) => {
    chosen.current = run;
    onOpenChange(false);
  };
  // What it opens takes the focus, so it waits until the palette has given it back.
  const closed = () => {
    const run = chosen.current;
    chosen.current = null;
    if (run) requestAnimationFrame(run);
  };
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange} onOpenChangeComplete={(isOpen) => isOpen || closed()}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup className={styles.popup} aria-label="Go to a task, project or place, or do something">
          <Chooser onChoose={choose} onNewProject={onNewProject} onKeys={onKeys} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface ChooserProps {
  /** What is done once the palette is closed. */
  onChoose(run: (() => void) | null): void;
  onNewProject(): void;
  onKeys(): void;
}

function Chooser({ onChoose, onNewProject, onKeys }: ChooserProps) {
  const [question, setQuestion] = useState("");
  const [, go] = useLocation();
  const everywhere = anywhere({
    newProject: onNewProject,
    keys: onKeys,
    signOut: () => void signOut(),
    theme: chooseTheme,
  });
  const entries = useEntries(question, everywhere);
  const choose = ({ to }: Entry) => {
    onChoose(typeof to === "string" ? null : to);
    if (typeof to === "string") go(to);
  };
  return (
    <Autocomplete.Root
      open
      inline
      items={entries}
      value={question}
      onValueChange={(value, { reason }) => reason !== "item-press" && setQuestion(value)}
      filter={null}
      itemToStringValue={(entry: Entry) => entry.name}
      autoHighlight="always"
      keepHighlight
    >
      <Autocomplete.Input
        className={styles.input}
        aria-label="Search"
        placeholder="Search tasks, projects, places, actions"
        dir="auto"
      />
      <Autocomplete.Empty className={styles.empty}>Nothing found</Autocomplete.Empty>
      <Autocomplete.List className={styles.list}>
        {(entry: Entry) => (
          <Autocomplete.Item key={entry.key} value={entry} className={styles.item} onClick={() => choose(entry)}>
            <span className={styles.name} dir="auto">
              {entry.name}
            </span>
            <span className={styles.hint} dir="auto">
              {entry.hint}
            </span>
            {entry.shortcut && <Kbd keys={entry.shortcut} />}
          </Autocomplete.Item>
        )}
      </Autocomplete.List>
    </Autocomplete.Root>
  );
}

function useEntries(question: string, everywhere: readonly Entry[]): readonly Entry[] {
  // What can be done is what it was when the palette opened.
  const [here] = useState(() => actionEntries(actionsHere()));
  const projects = useProjects().data ?? [];
  const found = useFound(useDeferredValue(question.trim()));
  const store = shownProject();
  const { data: named } = useQuery({ ...peopleQuery(store?.id ?? ""), enabled: store !== null });
  const local = localTasks(store, named?.people ?? nobody, question);
  const rest = [
    ...here,
    ...placesIn(store),
    ...projects.map(({ id, name, key }) => ({ key: id, name, hint: key, to: `/p/${id}` })),
    ...everywhere,
  ].filter((entry) => answers(`${entry.name} ${entry.hint}`, question));
  const known = new Set(local.map((entry) => entry.key));
  return [...local, ...rest, ...found.filter((entry) => !known.has(entry.key))];
}

/** What the server finds in all projects, in titles, descriptions and comments. */
function useFound(question: string): readonly Entry[] {
  const { data } = useQuery({
    queryKey: ["search", question],
    queryFn: () => ok(api.GET("/api/v1/search", { params: { query: { q: question, limit: 20 } } })),
    enabled: question.length > 1,
    staleTime: 30_000,
  });
  return (data?.items ?? []).map(({ task, project, match }) => ({
    key: task.id,
    name: task.title,
    hint: `${project.key}-${task.number}${match?.in === "comment" ? ", in a comment" : ""}`,
    to: `/p/${project.id}/${task.number}${match?.comment ? `#c-${match.comment}` : ""}`,
  }));
}
