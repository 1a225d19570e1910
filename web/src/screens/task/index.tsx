export { taskPath } from "./context";
export { TaskPanel } from "./task-panel";
