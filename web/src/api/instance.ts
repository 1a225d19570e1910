import { useQuery } from "@tanstack/react-query";
import { api, ok } from "./client";
import type { operations } from "./schema";

export type Instance = operations["instance.show"]["responses"][200]["content"]["application/json"];

/** What this installation offers, and the limits that it keeps. */
export function useInstance() {
  return useQuery({
    queryKey: ["instance"],
    queryFn: ({ signal }): Promise<Instance> => ok(api.GET("/api/v1/instance", { signal })),
  });
}
