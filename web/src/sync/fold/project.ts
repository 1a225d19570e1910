// How events change a project itself, its members and its definitions.

import { archive, changeProject, put, type Rules } from "./rules";

export const projectRules: Rules<"project.updated" | "project.deleted" | "project.restored"> = {
  "project.updated": (tables, { set }, { at }) => changeProject(tables, at, set),
  "project.deleted": (tables, _, { at }) => changeProject(tables, at, {}),
  "project.restored": (tables, _, { at }) => changeProject(tables, at, {}),
};

export const memberRules: Rules<"member.added" | "member.updated" | "member.removed"> = {
  "member.added": (tables, { user, role }) => tables.setMember(user, role),
  "member.updated": (tables, { user, role }) => tables.setMember(user, role),
  "member.removed": (tables, { user }) => tables.removeMember(user),
};

export const definitionRules: Rules<"label.put" | "label.archived" | "field.put" | "field.archived"> = {
  "label.put": (tables, { key, name, color }, { at }) =>
    changeProject(tables, at, { labels: put(tables.project.labels, { key, name, color, archived: false }) }),
  "label.archived": (tables, { key }, { at }) =>
    changeProject(tables, at, { labels: archive(tables.project.labels, key) }),
  "field.put": (tables, { key, name, type, options }, { at }) =>
    changeProject(tables, at, { fields: put(tables.project.fields, { key, name, type, options, archived: false }) }),
  "field.archived": (tables, { key }, { at }) =>
    changeProject(tables, at, { fields: archive(tables.project.fields, key) }),
};
