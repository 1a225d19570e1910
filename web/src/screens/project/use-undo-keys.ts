import { useEffect } from "react";
import { usePeopleHere } from "../../people/use-people";
import { useMe } from "../../session/use-session";
import { useEngine, useStore } from "../../sync/react";
import type { Undone } from "../../sync/undo";
import { type ToastContent, toast } from "../../ui/toast";
import { commandWords } from "../../words/commands";
import { explain } from "../../words/problems";

/** Without an answer for so long it is said why nothing happens. */
const sayAfterMs = 1_000;

const fields = "input, textarea, select, [contenteditable]";

/** Ctrl/⌘ Z takes back the last own change of the project, with Shift it comes again. In a text it is the browser's. */
export function useUndoKeys(): void {
  const engine = useEngine();
  const store = useStore();
  const people = usePeopleHere();
  const me = useMe().id;
  useEffect(() => {
    let last = 0;
    const tell = (content: ToastContent) => {
      toast.close(last);
      last = toast.show(content);
    };
    const say = (undone: Undone | null, what: string) => {
      const [command] = undone?.commands ?? [];
      if (!undone || !command) {
        tell({ text: `Nothing to ${what}` });
        return;
      }
      const refused = undone.outcomes.find((outcome) => outcome.kind === "refused");
      if (refused) {
        tell({ text: explain(refused.problem, { view: store.view, people, me, command }).text, refused: true });
        return;
      }
      const more = undone.commands.length > 1 ? ` and ${undone.commands.length - 1} more` : "";
      tell({ text: `${what === "undo" ? "Undone" : "Done again"}: ${commandWords(command, store.view)}${more}` });
    };
    const turn = (what: "undo" | "redo", work: Promise<Undone | null>) => {
      const word = what === "undo" ? "Undo" : "Redo";
      const text = `${word} waits for the network: the change may have been sent already.`;
      const waiting = setTimeout(() => toast.show({ text }), sayAfterMs);
      void work.finally(() => clearTimeout(waiting)).then((undone) => say(undone, what));
    };
    const key = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.altKey || event.isComposing)
        return;
      if (event.target instanceof Element && event.target.closest(fields)) return;
      event.preventDefault();
      if (event.shiftKey) turn("redo", engine.redo(store.id));
      else turn("undo", engine.undo(store.id));
    };
    window.addEventListener("keydown", key);
    return () => window.removeEventListener("keydown", key);
  }, [engine, store, people, me]);
}
