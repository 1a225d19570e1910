// Markdown and its field come in a chunk of their own: the board needs neither.

import { Suspense } from "react";
import { lazyScreen } from "../app/lazy-screen";
import type { MarkdownProps } from "./markdown";
import styles from "./markdown.module.css";
import type { MarkdownFieldProps } from "./markdown-field";

const LazyMarkdown = lazyScreen(
  () => import("./markdown"),
  (module) => module.Markdown,
);
const LazyField = lazyScreen(
  () => import("./markdown-field"),
  (module) => module.MarkdownField,
);

/** The field has to be there when somebody begins to type. */
export function fetchMarkdown(): void {
  // Who opens it asks again, and is told.
  import("./markdown-field").catch(() => undefined);
}

export function Markdown(props: MarkdownProps) {
  return (
    <Suspense
      fallback={
        <div className={styles["plain"]} dir="auto">
          {props.text}
        </div>
      }
    >
      <LazyMarkdown {...props} />
    </Suspense>
  );
}

export function MarkdownField(props: MarkdownFieldProps) {
  return (
    <Suspense fallback={null}>
      <LazyField {...props} />
    </Suspense>
  );
}

export type { Lookup } from "./lookup";
export { type Box, tick } from "./task-list";
export type { MarkdownFieldProps, MarkdownProps };
