import { ApiError, isNetworkError, SessionEnded } from "../api/problem";
import type { World } from "./world";

export const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

export const isUnauthorized = (error: unknown): boolean => error instanceof ApiError && error.problem.status === 401;

/** Tries `work` until it succeeds or nobody is signed in any more, with longer and longer pauses. Tells each failure. */
export async function keepTrying(
  world: World,
  work: () => Promise<void>,
  tell?: (error: Error) => void,
): Promise<void> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof SessionEnded || isUnauthorized(error)) return;
      if (!isNetworkError(error) && !(error instanceof ApiError)) throw error;
      tell?.(error as Error);
      await world.pause(pause * (0.5 + Math.random() / 2));
    }
  }
}
