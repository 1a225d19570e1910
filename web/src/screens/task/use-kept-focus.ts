import { type RefObject, useEffect } from "react";

/** Takes the focus to an element when what had it inside is gone, so that the element's keys go on working. */
export function useKeptFocus(place: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    let last: Node | null = null;
    const focused = ({ target }: FocusEvent) => {
      last = target instanceof Node && element.contains(target) ? target : null;
    };
    const observer = new MutationObserver(() => {
      if (last?.isConnected === false && document.activeElement === document.body) {
        element.focus({ preventScroll: true });
      }
    });
    document.addEventListener("focusin", focused);
    observer.observe(element, { childList: true, subtree: true });
    return () => {
      document.removeEventListener("focusin", focused);
      observer.disconnect();
    };
  }, [place]);
}
