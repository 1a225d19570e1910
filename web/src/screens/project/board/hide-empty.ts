import { useMutation } from "@tanstack/react-query";
import { sentence } from "../../../api/problem";
import { session } from "../../../session/session";
import { useMe } from "../../../session/use-session";
import type { Id } from "../../../sync/model";
import { useProject } from "../../../sync/react";
import { toast } from "../../../ui/toast";

export interface HideEmpty {
  /** The columns that the reader does not want to see while nothing is in them. */
  readonly keys: readonly string[];
  set(status: string, hides: boolean): void;
}

/** Kept by person and project. It goes along to other browsers. */
export function useHideEmpty(): HideEmpty {
  const { id } = useProject();
  const kept = hiddenKeys(useMe().preferences, id);
  const { mutate, variables, isPending } = useMutation({
    mutationFn: (keys: readonly string[]) =>
      session.updateMe({ preferences: { hide_empty: { [id]: keys.length === 0 ? null : keys } } }),
    onError: (error) => toast.show({ text: `Couldn't keep what you hide. ${sentence(error)}`, refused: true }),
  });
  const keys = isPending ? variables : kept;
  const set = (status: string, hides: boolean) => {
    const others = keys.filter((key) => key !== status);
    mutate(hides ? [...others, status] : others);
  };
  return { keys, set };
}

/** Preferences are any JSON, which programs write too. */
export function hiddenKeys(preferences: Record<string, unknown>, project: Id): string[] {
  const kept = preferences["hide_empty"];
  if (typeof kept !== "object" || kept === null) return [];
  const keys: unknown = Object.entries(kept).find(([id]) => id === project)?.[1];
  return Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
}
