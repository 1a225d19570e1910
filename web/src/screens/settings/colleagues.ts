import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { operations } from "../../api/schema";

export type Colleague =
  operations["people.colleagues"]["responses"][200]["content"]["application/json"]["items"][number];

/** Those with whom one shares a project, whose name or a word of it begins with `q`. */
export const useColleagues = (q: string) =>
  useQuery({
    queryKey: ["people", "colleagues", q],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<Colleague[]> => {
      const query = { limit: 50, ...(q === "" ? {} : { q }) };
      return (await ok(api.GET("/api/v1/people", { params: { query }, signal }))).items;
    },
  });
