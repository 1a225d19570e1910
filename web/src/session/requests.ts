import { ApiError, errorOf } from "../api/problem";
import type { Me, SignedIn } from "./types";
import type { World } from "./world";

interface Sent {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  token?: string;
  body?: unknown;
}

/** A request of the session itself. The client of the rest asks the session for its token, so it can't be used here. */
export async function send(world: World, path: string, { method = "POST", token, body }: Sent): Promise<Response> {
  const headers: Record<string, string> = {};
  if (token !== undefined) headers["authorization"] = `Bearer ${token}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) init.body = JSON.stringify(body);
  const response = await world.fetch(path, init);
  if (!response.ok) throw await errorOf(response);
  return response;
}

export async function signedIn(world: World, path: string, body?: unknown): Promise<SignedIn> {
  const response = await send(world, path, { body });
  return (await response.json()) as SignedIn;
}

export async function readMe(world: World, token: string): Promise<Me> {
  const response = await send(world, "me", { method: "GET", token });
  return ((await response.json()) as { user: Me }).user;
}

/** A new account takes language and time zone from the browser, until its owner says otherwise. */
export async function introduce(world: World, token: string): Promise<Me> {
  const { locale, timeZone } = Intl.DateTimeFormat().resolvedOptions();
  try {
    const response = await send(world, "me", { method: "PATCH", token, body: { locale, timezone: timeZone } });
    return ((await response.json()) as { user: Me }).user;
  } catch (error) {
    // A browser may know a zone that the server doesn't: then the account keeps the server's.
    if (error instanceof ApiError && error.problem.status === 422) return readMe(world, token);
    throw error;
  }
}
