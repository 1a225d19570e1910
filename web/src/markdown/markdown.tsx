import { type MouseEvent, useLayoutEffect, useMemo, useRef } from "react";
import { image } from "./finish";
import type { Lookup } from "./lookup";
import styles from "./markdown.module.css";
import { render } from "./render";
import type { Box } from "./task-list";

export interface MarkdownProps {
  text: string;
  lookup: Lookup;
  /** Somebody ticked or cleared a box. Without it boxes are for reading. */
  onTick?: ((box: Box, checked: boolean) => void) | undefined;
  /** A link to a place of this page was followed. */
  onFollow?: ((address: URL) => void) | undefined;
}

export function Markdown({ text, lookup, onTick, onFollow }: MarkdownProps) {
  const place = useRef<HTMLDivElement>(null);
  const { fragment, boxes } = useMemo(() => render(text, lookup), [text, lookup]);
  const live = onTick !== undefined;
  // A picture that somebody asked for stays when the text is drawn again.
  const asked = useRef(new Set<string>());

  useLayoutEffect(() => {
    const element = place.current;
    element?.replaceChildren(fragment.cloneNode(true));
    for (const button of element?.querySelectorAll<HTMLElement>("[data-show]") ?? []) {
      if (asked.current.has(button.dataset["show"] ?? "")) show(button);
    }
    if (!live) for (const input of element?.querySelectorAll("input") ?? []) input.disabled = true;
  }, [fragment, live]);

  const click = (event: MouseEvent) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest<HTMLElement>("[data-show]");
    const link = event.target.closest("a");
    const input = event.target.closest<HTMLInputElement>("input[data-box]");
    if (button) {
      asked.current.add(button.dataset["show"] ?? "");
      show(button);
    } else if (input) {
      const box = boxes[Number(input.dataset["box"])];
      if (box) onTick?.(box, input.checked);
    } else if (link && onFollow && isInside(link) && !hasModifier(event)) {
      event.preventDefault();
      onFollow(new URL(link.href));
    }
    if (button ?? input ?? link) event.stopPropagation();
  };

  // What is pressed in here are links, boxes and buttons of their own: keys reach them as clicks.
  // biome-ignore lint/a11y/noStaticElementInteractions: see above.
  // biome-ignore lint/a11y/useKeyWithClickEvents: see above.
  return <div ref={place} className={styles["text"]} onClick={click} />;
}

function show(button: HTMLElement): void {
  button.parentElement?.replaceWith(image(button.dataset["show"] ?? "", button.dataset["alt"] ?? ""));
}

const hasModifier = (event: MouseEvent): boolean =>
  event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;

function isInside(link: HTMLAnchorElement): boolean {
  const base = new URL(document.baseURI);
  return link.origin === base.origin && link.pathname.startsWith(base.pathname.replace(/[^/]*$/, ""));
}
