import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useEngine } from "../sync/react";

/** Several messages within that time are one reason to ask again. */
const TOGETHER_MS = 150;

/** Which queries are asked again at which message to the signed-in person. */
const stale: Record<string, readonly string[]> = {
  "user:notification": ["inbox", "my-tasks"],
  "user:project_list.changed": ["projects", "my-tasks"],
  "user:people.changed": ["people"],
};

/** Keeps the lists of the signed-in person as the server has them. Once for the whole page. */
export function useLiveQueries(): void {
  const engine = useEngine();
  const client = useQueryClient();
  useEffect(() => {
    const due = new Set<string>();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const ask = () => {
      timer = null;
      for (const key of due) void client.invalidateQueries({ queryKey: [key] });
      due.clear();
    };
    const ends = Object.entries(stale).map(([topic, keys]) =>
      engine.on(topic, () => {
        for (const key of keys) due.add(key);
        timer ??= setTimeout(ask, TOGETHER_MS);
      }),
    );
    return () => {
      for (const end of ends) end();
      if (timer !== null) clearTimeout(timer);
    };
  }, [engine, client]);
}
