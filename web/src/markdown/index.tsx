// Markdown and its field come in a chunk of their own: the board needs neither.

import { lazyScreen } from "../app/lazy-screen";
import type { MarkdownProps } from "./markdown";
import styles from "./markdown.module.css";
import type { MarkdownFieldProps } from "./markdown-field";

type Loaded = typeof import("./markdown") & typeof import("./markdown-field");

const load = async (): Promise<Loaded> => {
  const [text, field] = await Promise.all([import("./markdown"), import("./markdown-field")]);
  return { ...text, ...field };
};

function Plain({ text }: MarkdownProps) {
  return (
    <div className={styles["plain"]} dir="auto">
      {text}
    </div>
  );
}

export const Markdown = lazyScreen(load, (module) => module.Markdown, Plain);
export const MarkdownField = lazyScreen(load, (module) => module.MarkdownField);

/** The field has to be there when somebody begins to type. */
export function fetchMarkdown(): void {
  Markdown.ahead();
  MarkdownField.ahead();
}

export type { Lookup } from "./lookup";
export { type Box, tick } from "./task-list";
export type { MarkdownFieldProps, MarkdownProps };
