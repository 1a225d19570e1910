/** A project: its board and everything in it. */
export function ProjectScreen({ id }: { id: string }) {
  return <main data-project={id} />;
}
