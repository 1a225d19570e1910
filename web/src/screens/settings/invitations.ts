import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, ok } from "../../api/client";
import type { operations } from "../../api/schema";
import type { Id } from "../../sync/model";

export type Invitation =
  operations["invitations.list"]["responses"][200]["content"]["application/json"]["items"][number];
export type NewInvitation = operations["invitations.make"]["requestBody"]["content"]["application/json"];

const keyOf = (project: Id) => ["invitations", project];

/** The invitations of a project that can be used, asked for again when there are more or fewer members. Only its owners may ask. */
export const useInvitations = (project: Id, members: number) =>
  useQuery({
    queryKey: [...keyOf(project), members],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<Invitation[]> => {
      const path = { project };
      return (await ok(api.GET("/api/v1/projects/{project}/invitations", { params: { path }, signal }))).items;
    },
  });

/** The answer has the link, which is shown this once. */
export function useInvite(project: Id) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NewInvitation) =>
      ok(api.POST("/api/v1/projects/{project}/invitations", { params: { path: { project } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keyOf(project) }),
    // The link is a secret: it is not kept when the form is left.
    gcTime: 0,
  });
}

export function useRevoke(project: Id) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (invitation: string) => {
      const path = { project, invitation };
      await api.DELETE("/api/v1/projects/{project}/invitations/{invitation}", { params: { path } });
    },
    onSettled: () => client.invalidateQueries({ queryKey: keyOf(project) }),
  });
}
