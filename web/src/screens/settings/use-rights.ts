import { useMe } from "../../session/use-session";
import { useMembers, useProject } from "../../sync/react";

/** What the reader may do with the project's settings now. */
export interface Rights {
  /** Is an owner, who may archive, delete and invite. */
  readonly owns: boolean;
  /** Changes columns, fields, members and the project itself. */
  readonly changes: boolean;
  /** Changes labels. */
  readonly labels: boolean;
  /** Why not everything can be changed; `null` if it can. */
  readonly reason: string | null;
}

export function useRights(): Rights {
  const { id } = useMe();
  const role = useMembers().find((member) => member.user === id)?.role;
  const { archived } = useProject();
  const owns = role === "owner";
  return {
    owns,
    changes: owns && !archived,
    labels: (owns || role === "editor") && !archived,
    reason: archived ? "The project is archived, so it can only be read." : owns ? null : reasons[role ?? "viewer"],
  };
}

const reasons = {
  editor: "Only owners change the settings. You can change the labels.",
  viewer: "Only owners change the settings.",
};
