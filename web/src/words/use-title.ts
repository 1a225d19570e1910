import { useEffect } from "react";

const NAME = "Lockstep";
let stack: readonly { text: string }[] = [];
let unread = 0;

/** What the tab of the browser is called while the component is there. The one that came last names it: a task over its board. */
export function useTitle(text: string): void {
  useEffect(() => {
    const named = { text };
    stack = [...stack, named];
    show();
    return () => {
      stack = stack.filter((other) => other !== named);
      show();
    };
  }, [text]);
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
  const top = stack.at(-1);
  const text = top ? `${top.text} · ${NAME}` : NAME;
  document.title = unread > 0 ? `(${unread}) ${text}` : text;
}
