export { taskPath } from "./context";
export { FieldPicker } from "./field-picker";
export type { PropertyName } from "./properties";
export { TaskPanel } from "./task-panel";
export { propertyKeys } from "./use-task-keys";
