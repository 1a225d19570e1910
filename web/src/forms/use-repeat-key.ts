import { useRef } from "react";
import { newId } from "../new-id";

/**
 * The `Idempotency-Key` of what a form sends: the same one while the same is sent, so that pressing the button again after a
 * lost answer makes nothing twice.
 */
export function useRepeatKey(): (body: unknown) => string {
  const last = useRef({ text: "", key: "" });
  return (body) => {
    const text = JSON.stringify(body);
    if (last.current.text !== text) last.current = { text, key: newId() };
    return last.current.key;
  };
}
