// @vitest-environment jsdom
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Lookup } from "./lookup";
import { Markdown, type MarkdownProps } from "./markdown";

const lookup: Lookup = {
  key: "SHOP",
  person: () => null,
  task: () => ({ title: "Paint", status: "Todo", done: false, href: `${location.origin}/p/1/12` }),
};
const place = document.createElement("div");
let root: Root;
// There is nowhere to go in a test.
place.addEventListener("click", (event) => event.target instanceof HTMLInputElement || event.preventDefault());

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  document.body.append(place);
  root = createRoot(place);
});
afterEach(() => {
  act(() => root.unmount());
  vi.unstubAllGlobals();
});

const draw = (props: Omit<MarkdownProps, "lookup">) => act(() => root.render(<Markdown lookup={lookup} {...props} />));
const press = (selector: string, init: MouseEventInit = {}) =>
  act(() =>
    place.querySelector(selector)?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, ...init })),
  );

it("a picture from elsewhere is there after a press only, tells nobody who reads, and stays when the text changes", () => {
  draw({ text: "![a](https://pictures.example.org/a.png)" });
  expect(place.querySelector("img")).toBeNull();
  press("[data-show]");
  expect(place.querySelector("img")?.referrerPolicy).toBe("no-referrer");
  draw({ text: "![a](https://pictures.example.org/a.png) changed ![b](https://pictures.example.org/b.png)" });
  expect([...place.querySelectorAll("img")].map(({ src }) => src)).toEqual(["https://pictures.example.org/a.png"]);
});

it("a press on a box tells which, and a reader can't press", () => {
  const onTick = vi.fn();
  draw({ text: "- [ ] a\n- [ ] b", onTick });
  press("[data-box='1']");
  expect(onTick).toHaveBeenCalledWith(expect.objectContaining({ line: 1 }), true);
  draw({ text: "- [ ] a\n- [ ] b" });
  expect([...place.querySelectorAll("input")].every(({ disabled }) => disabled)).toBe(true);
});

it("a link to a task is followed within the page, but not into a new tab", () => {
  const onFollow = vi.fn();
  draw({ text: "SHOP-12", onFollow });
  press("a.task .number");
  expect(onFollow).toHaveBeenCalledWith(new URL("/p/1/12", location.origin));
  press("a.task", { ctrlKey: true });
  expect(onFollow).toHaveBeenCalledTimes(1);
});

it("a link elsewhere is left to the browser", () => {
  const onFollow = vi.fn();
  draw({ text: "https://a.example/x", onFollow });
  press("a");
  expect(onFollow).not.toHaveBeenCalled();
});
