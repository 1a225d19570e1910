/** What one has been told of. */
export function InboxScreen() {
  return <main />;
}
