import { useEffect, useRef } from "react";
import { useLocation } from "wouter";
import { letterOf, useLetterKeys, useLetters, wanted } from "../../screens/letters";
import { useMe } from "../../session/use-session";
import { Dialog } from "../../ui/dialog";
import { Kbd } from "../../ui/kbd";
import { lastProject } from "../last-project";
import styles from "./keys.module.css";

const GROUPS: readonly { name: string; keys: readonly (readonly [string, string])[] }[] = [
  {
    name: "Anywhere",
    keys: [
      ["Mod+K", "Search"],
      ["?", "These keys"],
      ["G B", "Board of the last project"],
      ["G I", "Inbox"],
      ["G M", "My tasks"],
      ["G P", "Projects"],
    ],
  },
  {
    name: "On the board",
    keys: [
      ["C", "Create a task in the column"],
      ["J", "Next card"],
      ["K", "Previous card"],
      ["Enter", "Open the card"],
      ["S", "Status"],
      ["A", "Assignees"],
      ["L", "Labels"],
      ["P", "Priority"],
      ["D", "Due"],
      ["M", "Move to a column and place"],
      ["Mod+Shift+Right", "Move to the next column"],
      ["Mod+Shift+Up", "Move past the card above"],
    ],
  },
  {
    name: "In the list",
    keys: [
      ["C", "Create a task in the column"],
      ["J", "Next task"],
      ["K", "Previous task"],
      ["Enter", "Open the task"],
      ["E", "Edit the title"],
    ],
  },
  {
    name: "In a task",
    keys: [
      ["S", "Status"],
      ["A", "Assignees"],
      ["L", "Labels"],
      ["P", "Priority"],
      ["D", "Due"],
      ["B", "Blocked by"],
      ["E", "Edit the description"],
      ["Escape", "Back to the board"],
    ],
  },
];

/** The keys that work on every screen, and the sheet that lists all keys. */
export function Keys({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  useLetters({ "?": () => onOpenChange(true) });
  useGoing();
  return (
    <Dialog open={open} onClose={() => onOpenChange(false)} title="Keys">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls where there is little room, also by keys. */}
      <section className={styles.groups} aria-label="All keys" tabIndex={0}>
        {GROUPS.map(({ name, keys }) => (
          <section key={name} aria-label={name}>
            <h3 className={styles.name}>{name}</h3>
            <dl>
              {keys.map(([key, meaning]) => (
                <div key={key} className={styles.key}>
                  <dt>{meaning}</dt>
                  <dd>
                    <Kbd keys={key} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </section>
    </Dialog>
  );
}

const WAIT = 1500;

/** G, and then the letter of a screen. It listens first, because the second letter alone may mean something to the screen. */
function useGoing(): void {
  const me = useMe().id;
  const isOn = useLetterKeys();
  const [, go] = useLocation();
  const since = useRef(Number.NEGATIVE_INFINITY);
  useEffect(() => {
    if (!isOn) return;
    const board = () => {
      const project = lastProject(me);
      return project === null ? "/projects" : `/p/${project}`;
    };
    const places: Record<string, () => string> = {
      b: board,
      i: () => "/inbox",
      m: () => "/me/tasks",
      p: () => "/projects",
    };
    const listen = (event: KeyboardEvent) => {
      if (!wanted(event)) return;
      const letter = letterOf(event);
      const place = event.timeStamp - since.current < WAIT ? places[letter] : undefined;
      since.current = letter === "g" ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (!place) return;
      event.preventDefault();
      event.stopPropagation();
      go(place());
    };
    document.addEventListener("keydown", listen, { capture: true });
    return () => document.removeEventListener("keydown", listen, { capture: true });
  }, [me, isOn, go]);
}
