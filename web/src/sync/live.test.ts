import { expect, test, vi } from "vitest";
import { Line, type LineHost } from "./live";

function line(probe: LineHost["probe"] = async () => undefined) {
  const clock = { time: 0, now: () => clock.time, after: () => () => undefined, frame: () => undefined };
  const host = { changed: vi.fn(), probe: vi.fn(probe), again: vi.fn(), hangs: vi.fn() };
  return { clock, host, line: new Line(clock, host) };
}

test("an attempt to connect that gets no answer at all is given up after five seconds", () => {
  const { clock, host, line: one } = line();
  one.state("connecting");
  clock.time = 4_900;
  one.tick(true);
  expect(host.hangs).not.toHaveBeenCalled();
  clock.time = 5_000;
  one.tick(true);
  expect(host.hangs).toHaveBeenCalledTimes(1);
});

test("the pause after a failed attempt is no attempt that hangs", () => {
  const { clock, host, line: one } = line();
  one.state("connecting");
  clock.time = 4_000;
  one.attemptFailed();
  clock.time = 8_000;
  one.tick(true);
  expect(host.hangs).not.toHaveBeenCalled();
});

test("a socket that stands and answers nothing is offline, and connected anew", async () => {
  const { clock, host, line: one } = line(() => Promise.reject(new Error("no answer")));
  one.state("connected");
  clock.time = 1_000;
  one.tick(true);
  await vi.waitFor(() => expect(host.again).toHaveBeenCalledTimes(1));
  one.state("connecting");
  expect(one.live).toBe("offline");
});
