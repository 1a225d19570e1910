/** The pages whose links have a secret after `#`. */
const PAGES = /\/(join|reset)$/;

/**
 * Moves the secret of a link from the address into the entry of the history: nobody reads it over a shoulder or copies it
 * with the address, and a reload still has it.
 */
export function hideSecret(): void {
  takeSecret();
  // A second link into an open page changes what follows `#` only.
  window.addEventListener("hashchange", () => {
    if (takeSecret()) window.location.reload();
  });
}

function takeSecret(): boolean {
  const { pathname, hash } = window.location;
  if (!PAGES.test(pathname) || hash.length < 2) return false;
  window.history.replaceState({ secret: hash.slice(1) }, "", pathname);
  return true;
}

/** The secret of the link that was opened. */
export function secretOfLink(): string | null {
  const state: unknown = window.history.state;
  if (typeof state !== "object" || state === null || !("secret" in state)) return null;
  return typeof state.secret === "string" ? state.secret : null;
}
