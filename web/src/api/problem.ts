import type { components } from "./schema";

/** A problem document (RFC 9457). Some codes have members of their own. */
export type Problem = components["schemas"]["Problem"] & { readonly [member: string]: unknown };

/** The server said no. `problem.code` is stable, `problem.detail` is for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(
    readonly problem: Problem,
    /** Seconds after which asking again makes sense, where the server names them. */
    readonly retryAfter: number | null = null,
  ) {
    super(`${problem.code}: ${problem.detail}`);
  }

  /** Nothing is wrong with the request: the same one may succeed later. */
  get isTemporary(): boolean {
    return this.problem.status >= 500 || this.problem.status === 429;
  }
}

/** Nobody is signed in any more. */
export class SessionEnded extends Error {
  override readonly name = "SessionEnded";

  constructor() {
    super("The session has ended.");
  }
}

/** The error that a refused request stands for. */
export async function errorOf(response: Response): Promise<ApiError> {
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return new ApiError(await problemOf(response), Number.isFinite(seconds) ? seconds : null);
}

async function problemOf(response: Response): Promise<Problem> {
  const type = response.headers.get("content-type") ?? "";
  if (type.startsWith("application/problem+json")) {
    const problem: unknown = await response.json();
    if (isProblem(problem)) return problem;
  }
  return notOurs(response.status);
}

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "code" in value && "detail" in value && "status" in value;
}

/** A proxy answered in the server's place. */
function notOurs(status: number): Problem {
  const title = `The server could not be asked (${status})`;
  return { type: "about:blank", title, status, detail: "Try again in a moment.", code: "unexpected_answer" };
}

/** Whether the request got no answer: `fetch` rejects with a `TypeError`, and with a `TimeoutError` where it had a limit. */
export const isNetworkError = (error: unknown): boolean =>
  error instanceof TypeError || (error instanceof DOMException && error.name === "TimeoutError");

/** "must be an e-mail address" as a sentence below its field. */
export const faultSentence = (detail: string): string => `${detail.charAt(0).toUpperCase()}${detail.slice(1)}.`;

/** One sentence for people about whatever went wrong. */
export function sentence(error: unknown): string {
  if (error instanceof ApiError) {
    const { title, detail, errors } = error.problem;
    const fault = errors?.[0];
    return fault === undefined ? `${title}. ${detail}` : faultSentence(fault.detail);
  }
  if (isNetworkError(error)) return "Can't reach the server. Check the connection and try again.";
  if (error instanceof SessionEnded) return "Your session has ended. Sign in again.";
  return "Something went wrong in the page. Reload it and try again.";
}
