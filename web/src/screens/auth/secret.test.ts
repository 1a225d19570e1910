// @vitest-environment jsdom
import { beforeEach, expect, test } from "vitest";
import { hideSecret, secretOfLink } from "./secret";

const open = (address: string) => window.history.replaceState(null, "", address);

beforeEach(() => open("/"));

test.each(["/join", "/reset", "/x/join"])("the secret of a link leaves the address of %s, and is kept", (page) => {
  open(`${page}#lsi_secret`);
  hideSecret();
  expect(window.location.href).toBe(`${window.location.origin}${page}`);
  expect(secretOfLink()).toBe("lsi_secret");
});

test("what follows # on another page is left alone", () => {
  open("/p/1/12#c-7");
  hideSecret();
  expect(window.location.hash).toBe("#c-7");
  expect(secretOfLink()).toBeNull();
});

test("a link without a secret has none", () => {
  open("/join#");
  hideSecret();
  expect(secretOfLink()).toBeNull();
});

test("the state of another screen is no secret", () => {
  window.history.replaceState({ secret: 7 }, "", "/join");
  expect(secretOfLink()).toBeNull();
});
