import createClient, { type Middleware } from "openapi-fetch";
import { session } from "../session/session";
import { errorOf } from "./problem";
import type { paths } from "./schema";
import { fetchUntilGivenUp } from "./under-way";

/**
 * The interface of the server, typed. A refusal is thrown as `ApiError`, so `data` is there after `await`.
 * Addresses are relative to `<base href>`, as a `Request` resolves them.
 */
export const api = createClient<paths>({ baseUrl: ".", fetch: fetchAsMe, cache: "no-store" });

/** Requests that are answered to anybody, and asked by people who are not signed in. */
const OPEN = ["/api/v1/instance", "/api/v1/auth/", "/api/v1/invitations/look"];

const throwing: Middleware = {
  onResponse: async ({ response }) => {
    if (!response.ok && response.status !== 304) throw await errorOf(response);
  },
};
api.use(throwing);

/** The body of an answer: `const { user } = await ok(api.GET("/api/v1/me"))`. Who refuses has thrown already. */
export async function ok<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}

/**
 * As `fetch`, with the access token, for addresses of our own. A token that the server does not take any more is replaced
 * once. Rejects with `SessionEnded` when there is none.
 */
export async function fetchAsMe(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (OPEN.some((open) => pathname.includes(open))) return noticed(await fetchUntilGivenUp(request));
  const again = request.clone();
  const token = await session.token();
  const response = await fetchUntilGivenUp(withToken(request, token));
  if (response.status !== 401) return noticed(response);
  session.invalidate(token);
  return noticed(await fetchUntilGivenUp(withToken(again, await session.token())));
}

function withToken(request: Request, token: string): Request {
  request.headers.set("authorization", `Bearer ${token}`);
  return request;
}

type BuildListener = (build: string) => void;
const buildListeners = new Set<BuildListener>();
let first: string | null = null;
let latest: string | null = null;

/** Tells of a build that is another one than when this page was loaded, once for each. */
export function onBuild(listener: BuildListener): () => void {
  buildListeners.add(listener);
  return () => buildListeners.delete(listener);
}

/** A build of the server was seen, in an answer or in a connect reply. During an update the old one is seen again. */
export function seenBuild(seen: string): void {
  first ??= seen;
  if (seen === first || seen === latest) return;
  latest = seen;
  for (const listener of buildListeners) listener(seen);
}

function noticed(response: Response): Response {
  const seen = response.headers.get("x-build");
  if (seen !== null) seenBuild(seen);
  return response;
}
