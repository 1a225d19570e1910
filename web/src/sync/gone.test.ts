import { expect, it } from "vitest";
import { Gone } from "./gone";

const settled = (command: string) => ({ command, outcome: { kind: "done", version: 1, event: null } }) as const;

it("keeps the last thousand commands that left the queue", () => {
  const gone = new Gone();
  for (let number = 1; number <= 1_500; number += 1) gone.remember(settled(`${number}`));
  gone.remember(settled("501"));
  gone.remember(settled("1501"));
  expect([gone.has("500"), gone.has("501"), gone.has("502"), gone.has("503"), gone.has("1501")]).toEqual([
    false,
    true,
    false,
    true,
    true,
  ]);
});
