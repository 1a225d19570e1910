import { expect, it } from "vitest";
import { Time } from "./model/time";
import { Saying } from "./saying";

it("says the first at once and the last in time, at most four times a second in a project", async () => {
  const time = new Time();
  const begin = time.now;
  const said: [string, unknown, number][] = [];
  const saying = new Saying(time.clock({ frozen: false, dead: false }), (project, data) => {
    said.push([project, data, time.now - begin]);
  });
  for (let word = 0; word < 11; word += 1) {
    saying.say("a", word);
    if (word === 3) saying.say("b", "other");
    await time.pass(50);
  }
  await time.pass(2_000);
  saying.say("a", "later");
  expect(said).toEqual([
    ["a", 0, 0],
    ["b", "other", 150],
    ["a", 4, 250],
    ["a", 9, 500],
    ["a", 10, 750],
    ["a", "later", 2_550],
  ]);
});
