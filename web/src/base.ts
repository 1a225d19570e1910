/** The page lives below any path: every address is relative to `<base href>`. */
export const at = (path: string): string => new URL(path, document.baseURI).toString();

/** What the router takes away from the beginning of a path, without the last slash. */
export const routerBase = (): string => new URL(document.baseURI).pathname.replace(/\/[^/]*$/, "");

/** A name in what all pages of an origin share. Two installations may lie below one origin. */
export const ownName = (name: string): string => name + routerBase();
