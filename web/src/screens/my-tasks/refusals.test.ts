import { expect, test } from "vitest";
import { refusalWords } from "./refusals";

test("a blocked task names what it waits for", () => {
  const blockers = [{ number: 9 }, { number: 11 }];
  const problem = { code: "blocked", status: 422, detail: "the task waits for others", blockers };
  expect(refusalWords(problem, "SHOP", 12)).toBe("SHOP-12 waits for SHOP-9 and SHOP-11.");
});

test("any other refusal is given in the server's words", () => {
  const problem = { code: "project_archived", status: 422, detail: "the project is archived and read-only" };
  expect(refusalWords(problem, "SHOP", 12)).toBe("SHOP-12 stays where it was. The project is archived and read-only.");
});
