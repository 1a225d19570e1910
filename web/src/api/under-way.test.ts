import { expect, test, vi } from "vitest";
import { isNetworkError } from "./problem";
import { fetchUntilGivenUp, giveUp } from "./under-way";

/** A network that drops everything: the request ends when its signal says so. */
const dropping = (_: Request, { signal }: { signal: AbortSignal }) =>
  new Promise<Response>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
  });

const request = () => new Request("http://shop.example/api/v1/me");

test("what was asked before the network was away is given up as without a network, and what was asked later goes on", async () => {
  vi.useFakeTimers();
  vi.stubGlobal("fetch", vi.fn(dropping));
  const early = fetchUntilGivenUp(request());
  const away = Date.now();
  vi.advanceTimersByTime(1);
  const late = vi.fn();
  void fetchUntilGivenUp(request()).catch(late);
  const lost = vi.fn();
  void early.catch(lost);
  giveUp(away);
  await vi.advanceTimersByTimeAsync(0);
  expect(lost).toHaveBeenCalledTimes(1);
  expect(isNetworkError(lost.mock.calls[0]?.[0])).toBe(true);
  expect(late).not.toHaveBeenCalled();
  giveUp(Date.now());
  await vi.advanceTimersByTimeAsync(0);
  expect(late).toHaveBeenCalledTimes(1);
  vi.useRealTimers();
});

test("who asked may give up too", async () => {
  vi.stubGlobal("fetch", vi.fn(dropping));
  const asking = new AbortController();
  const answer = fetchUntilGivenUp(new Request(request(), { signal: asking.signal }));
  asking.abort(new Error("not needed any more"));
  await expect(answer).rejects.toThrow("not needed any more");
});
