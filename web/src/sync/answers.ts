// What the server answered to a question of the engine, as a value or an error.

import { ApiError } from "../api/problem";
import type { Environment } from "./environment";

/** The body of the answer below `/api/v1`. Throws what the server refused with. */
export async function get<T>(environment: Environment, path: string): Promise<T> {
  const { status, body, retryAfter } = await environment.http("GET", path);
  if (status !== 200) throw new ApiError(problemOf(body), retryAfter === null ? null : retryAfter / 1_000);
  return body as T;
}

/** What a project that this person may not see any more is: as if it had never been there. */
export function goneError(): ApiError {
  const title = "Not here";
  const detail = "This project is gone, or not yours to see any more.";
  return new ApiError({ type: "about:blank", title, status: 404, detail, code: "not_found" });
}

function problemOf(body: unknown): ConstructorParameters<typeof ApiError>[0] {
  if (typeof body === "object" && body !== null && "code" in body) {
    return body as ConstructorParameters<typeof ApiError>[0];
  }
  const title = "The server could not be asked";
  return { type: "about:blank", title, status: 502, detail: "Try again in a moment.", code: "unexpected_answer" };
}
