// Markdown and its field come in a chunk of their own: the board needs neither.

import { Suspense, useState } from "react";
import { lazyScreen } from "../app/lazy-screen";
import type { MarkdownProps } from "./markdown";
import styles from "./markdown.module.css";
import type { MarkdownFieldProps } from "./markdown-field";

type Loaded = typeof import("./markdown") & typeof import("./markdown-field");

let loaded: Loaded | null = null;
const load = async (): Promise<Loaded> => {
  const [text, field] = await Promise.all([import("./markdown"), import("./markdown-field")]);
  loaded = { ...text, ...field };
  return loaded;
};
const LazyMarkdown = lazyScreen(load, (module) => module.Markdown);
const LazyField = lazyScreen(load, (module) => module.MarkdownField);

/** The field has to be there when somebody begins to type. */
export function fetchMarkdown(): void {
  // Who opens it asks again, and is told.
  load().catch(() => undefined);
}

// What is there is drawn in the same frame: React shows nothing suspended sooner than 300 ms after its stand-in. What one
// began with stays, because another component would lose what is typed.

export function Markdown(props: MarkdownProps) {
  const [Shown] = useState(() => loaded?.Markdown ?? LazyMarkdown);
  return (
    <Suspense
      fallback={
        <div className={styles["plain"]} dir="auto">
          {props.text}
        </div>
      }
    >
      <Shown {...props} />
    </Suspense>
  );
}

export function MarkdownField(props: MarkdownFieldProps) {
  const [Shown] = useState(() => loaded?.MarkdownField ?? LazyField);
  return (
    <Suspense fallback={null}>
      <Shown {...props} />
    </Suspense>
  );
}

export type { Lookup } from "./lookup";
export { type Box, tick } from "./task-list";
export type { MarkdownFieldProps, MarkdownProps };
