// Markdown and its field come in a chunk of their own: the board needs neither.

import { lazy, Suspense } from "react";
import type { MarkdownProps } from "./Markdown";
import styles from "./Markdown.module.css";
import type { MarkdownFieldProps } from "./MarkdownField";

const LazyMarkdown = lazy(() => import("./Markdown"));
const LazyField = lazy(() => import("./MarkdownField"));

export function Markdown(props: MarkdownProps) {
  return (
    <Suspense fallback={<div className={styles["plain"]}>{props.text}</div>}>
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
