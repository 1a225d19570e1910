/** What one is assigned to, in all projects. */
export function MyTasksScreen() {
  return <main />;
}
