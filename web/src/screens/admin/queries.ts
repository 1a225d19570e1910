import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { operations } from "../../api/schema";

type Accounts = operations["admin.list"]["responses"][200]["content"]["application/json"];
export type Account = Accounts["items"][number];
type OpenInvitations = operations["overseen.list"]["responses"][200]["content"]["application/json"];
export type OpenInvitation = OpenInvitations["items"][number];

const first = null as string | null;
const after = (cursor: string | null) => (cursor === null ? {} : { cursor });

/** All accounts whose name or address has `q` in it. */
export const useAccounts = (q: string) =>
  useInfiniteQuery({
    queryKey: ["admin", "accounts", q],
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }): Promise<Accounts> => {
      const query = { ...after(pageParam), ...(q === "" ? {} : { q }) };
      return ok(api.GET("/api/v1/admin/accounts", { params: { query }, signal }));
    },
    initialPageParam: first,
    getNextPageParam: (page) => page.next_cursor ?? null,
  });

export const useOpenInvitations = () =>
  useInfiniteQuery({
    queryKey: ["admin", "invitations"],
    queryFn: ({ pageParam, signal }): Promise<OpenInvitations> =>
      ok(api.GET("/api/v1/admin/invitations", { params: { query: after(pageParam) }, signal })),
    initialPageParam: first,
    getNextPageParam: (page) => page.next_cursor ?? null,
  });

export const useInstanceSettings = () =>
  useQuery({
    queryKey: ["admin", "instance"],
    queryFn: ({ signal }) => ok(api.GET("/api/v1/admin/instance", { signal })),
  });

/** What is done to an account. */
export type Deed = { kind: "disable" | "enable" | "end" | "reset"; user: string };

/** Answers the link to a new password, or nothing. */
export function useDeed() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ kind, user }: Deed): Promise<string | null> => {
      const params = { path: { user } };
      switch (kind) {
        case "disable":
        case "enable":
          await api.PATCH("/api/v1/admin/accounts/{user}", { params, body: { disabled: kind === "disable" } });
          return null;
        case "end":
          await api.DELETE("/api/v1/admin/accounts/{user}/sessions", { params });
          return null;
        case "reset":
          return (await ok(api.POST("/api/v1/admin/accounts/{user}/reset", { params }))).link;
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["admin", "accounts"] }),
    // A link to a new password is a secret, so it is not kept when the screen is left.
    gcTime: 0,
  });
}

export function useRevokeOpen() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (invitation: string) => {
      await api.DELETE("/api/v1/admin/invitations/{invitation}", { params: { path: { invitation } } });
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["admin", "invitations"] }),
  });
}
