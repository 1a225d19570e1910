import type { Category, FieldType, Project, Role } from "../../sync/model";

export interface Named<T extends string> {
  readonly value: T;
  readonly name: string;
}

export const ROLES: readonly Named<Role>[] = [
  { value: "owner", name: "Owner" },
  { value: "editor", name: "Editor" },
  { value: "viewer", name: "Viewer" },
];

export const CATEGORIES: readonly Named<Category>[] = [
  { value: "backlog", name: "Backlog" },
  { value: "open", name: "Open" },
  { value: "active", name: "Active" },
  { value: "done", name: "Done" },
  { value: "cancelled", name: "Cancelled" },
];

export const GATES: readonly Named<Project["blocked_gate"]>[] = [
  { value: "finish", name: "can't be finished" },
  { value: "start", name: "can't be begun or finished" },
  { value: "off", name: "can be moved anywhere" },
];

export const FIELD_TYPES: readonly Named<FieldType>[] = [
  { value: "text", name: "Text" },
  { value: "number", name: "Number" },
  { value: "date", name: "Date" },
  { value: "select", name: "One of a list" },
  { value: "multi_select", name: "Several of a list" },
  { value: "person", name: "Person" },
  { value: "url", name: "Link" },
  { value: "checkbox", name: "Yes or no" },
];

export const nameOf = <T extends string>(values: readonly Named<T>[], value: T): string =>
  values.find((one) => one.value === value)?.name ?? value;
