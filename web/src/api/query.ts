import { QueryClient } from "@tanstack/react-query";
import { ApiError, isNetworkError } from "./problem";

const ATTEMPTS = 4;
/** Who has to wait longer is told at once. */
const LONGEST_WAIT_SECONDS = 5;

/** What has no answer, or a temporary one, is asked again; a refusal is not. Writes are never repeated by themselves. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      networkMode: "always",
      retry: (failures, error) => failures < ATTEMPTS && mayPass(error),
      retryDelay: (failures, error) => pauseOf(error) ?? Math.min(500 * 2 ** failures, 10_000),
    },
    mutations: { retry: false, networkMode: "always" },
  },
});

function mayPass(error: Error): boolean {
  if (error instanceof ApiError) return error.isTemporary && (error.retryAfter ?? 0) <= LONGEST_WAIT_SECONDS;
  return isNetworkError(error);
}

const pauseOf = (error: Error): number | null =>
  error instanceof ApiError && error.retryAfter !== null ? error.retryAfter * 1000 : null;
