import { type RefObject, useEffect, useRef } from "react";

/** Tells of a press anywhere outside an element. */
export function useLeaving(place: RefObject<HTMLElement | null>, onLeave: () => void): void {
  const leave = useRef(onLeave);
  useEffect(() => {
    leave.current = onLeave;
  });
  useEffect(() => {
    const pressed = (event: PointerEvent) => {
      if (event.target instanceof Node && !place.current?.contains(event.target)) leave.current();
    };
    document.addEventListener("pointerdown", pressed);
    return () => document.removeEventListener("pointerdown", pressed);
  }, [place]);
}
