import { expect, test } from "vitest";
import { Freshness } from "./freshness";

function freshness() {
  const clock = { time: 0, now: () => clock.time, after: () => () => undefined, frame: () => undefined };
  return { clock, one: new Freshness(clock) };
}

const at = (version: number) => [{ id: "shop", epoch: "e", version }];
const head = (version: number) => ({ shop: { epoch: "e", version } });

test("a project whose log may have gone on unheard is not live", () => {
  const { one } = freshness();
  one.know(head(3));
  expect(one.judge("live", at(3))).toBe("live");
  one.know({});
  expect(one.judge("live", at(3))).toBe("catching_up");
});

test("an event may be on its way for a second", () => {
  const { clock, one } = freshness();
  one.know(head(3));
  one.judge("live", at(3));
  one.know(head(4));
  clock.time = 900;
  expect(one.judge("live", at(3))).toBe("live");
  clock.time = 1_000;
  expect(one.judge("live", at(3))).toBe("catching_up");
});

test("what is missing after a while without a connection is not on its way, but old", () => {
  const { clock, one } = freshness();
  one.know(head(3));
  one.judge("live", at(3));
  one.know({});
  clock.time = 30_000;
  one.know(head(40));
  expect(one.judge("live", at(3))).toBe("catching_up");
  expect(one.judge("live", at(40))).toBe("live");
});
