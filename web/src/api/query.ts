import { QueryClient } from "@tanstack/react-query";
import { ApiError, isNetworkError } from "./problem";

const ATTEMPTS = 4;

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

const mayPass = (error: Error): boolean => isNetworkError(error) || (error instanceof ApiError && error.isTemporary);

const pauseOf = (error: Error): number | null =>
  error instanceof ApiError && error.retryAfter !== null ? error.retryAfter * 1000 : null;
