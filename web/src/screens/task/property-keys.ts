import type { PropertyName } from "./properties";

/** The letters that change a property of the task that has the focus, or of the selected card. */
export const propertyKeys: Readonly<Record<string, PropertyName>> = {
  s: "status",
  a: "assignees",
  l: "labels",
  p: "priority",
  d: "due",
};
