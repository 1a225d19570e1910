import { expect, it } from "vitest";
import type { JsonObject } from "../model";
import { mergePatch } from "./merge";

// The examples of RFC 7396, appendix A, whose target and patch are objects.
it.each([
  ['{"a":"b"}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"b"}', '{"b":"c"}', '{"a":"b","b":"c"}'],
  ['{"a":"b"}', '{"a":null}', "{}"],
  ['{"a":"b","b":"c"}', '{"a":null}', '{"b":"c"}'],
  ['{"a":["b"]}', '{"a":"c"}', '{"a":"c"}'],
  ['{"a":"c"}', '{"a":["b"]}', '{"a":["b"]}'],
  ['{"a":{"b":"c"}}', '{"a":{"b":"d","c":null}}', '{"a":{"b":"d"}}'],
  ['{"a":[{"b":"c"}]}', '{"a":[1]}', '{"a":[1]}'],
  ['{"e":null}', '{"a":1}', '{"e":null,"a":1}'],
  ["{}", '{"a":{"bb":{"ccc":null}}}', '{"a":{"bb":{}}}'],
])("%s with %s is %s", (target, patch, result) => {
  expect(JSON.stringify(mergePatch(JSON.parse(target), JSON.parse(patch)))).toBe(result);
});

it.each([
  ["{}", '{"__proto__":{"x":1}}', '{"__proto__":{"x":1}}'],
  ['{"__proto__":{"x":1}}', '{"__proto__":{"y":2}}', '{"__proto__":{"x":1,"y":2}}'],
  ['{"__proto__":{"x":1}}', '{"__proto__":null}', "{}"],
  ["{}", '{"constructor":{"a":1},"a":{"__proto__":{"toString":null}}}', '{"constructor":{"a":1},"a":{"__proto__":{}}}'],
])("a key that objects inherit is a key like any other: %s with %s is %s", (target, patch, result) => {
  const made = mergePatch(JSON.parse(target), JSON.parse(patch));
  expect(JSON.stringify(made)).toBe(result);
  expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
  expect(({} as JsonObject)["x"]).toBeUndefined();
});

it("neither the target nor the patch is changed", () => {
  const [target, patch] = [{ a: { b: 1 } }, { a: { c: 2 } }];
  expect(mergePatch(target, patch)).toEqual({ a: { b: 1, c: 2 } });
  expect([target, patch]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }]);
});
