import { useEffect, useState } from "react";

const NAME = "Lockstep";

interface Title {
  /** Counts by first rendering, so that what is inside comes after what it is in. Effects run the other way round. */
  readonly order: number;
  readonly text: string;
}

let next = 0;
let titles: readonly Title[] = [];
let unread = 0;

/** What the tab of the browser is called while the component is there. The innermost names it: a task over its board. */
export function useTitle(text: string): void {
  const [order] = useState(() => next++);
  useEffect(() => {
    const title = { order, text };
    titles = [...titles, title].toSorted((one, other) => one.order - other.order);
    show();
    return () => {
      titles = titles.filter((other) => other !== title);
      show();
    };
  }, [order, text]);
}

/** How much is unread is in front of the name. */
export function useUnreadInTitle(count: number): void {
  useEffect(() => {
    unread = count;
    show();
    return () => {
      unread = 0;
      show();
    };
  }, [count]);
}

function show(): void {
  const top = titles.at(-1);
  const text = top ? `${top.text} · ${NAME}` : NAME;
  document.title = unread > 0 ? `(${unread}) ${text}` : text;
}
