// @vitest-environment jsdom
import { act, type ReactNode } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { useTitle, useUnreadInTitle } from "./use-title";

let root: Root;

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  root = createRoot(document.createElement("div"));
});

afterEach(() => act(() => root.unmount()));

function Titled({ text, children }: { text: string; children?: ReactNode }) {
  useTitle(text);
  return children;
}

function Unread({ count }: { count: number }) {
  useUnreadInTitle(count);
  return null;
}

const show = (content: ReactNode) => act(() => root.render(content));

const board = <Titled text="Web shop" />;
const taskOverBoard = (
  <Titled text="Web shop">
    <Titled text="SHOP-12 Title" />
  </Titled>
);

test("a task names the tab, opened over its board or together with it, and its board again when it closes", () => {
  show(taskOverBoard);
  expect(document.title).toBe("SHOP-12 Title · Lockstep");
  show(board);
  expect(document.title).toBe("Web shop · Lockstep");
  show(taskOverBoard);
  expect(document.title).toBe("SHOP-12 Title · Lockstep");
});

test("a board that is renamed below an open task leaves the task's name", () => {
  show(taskOverBoard);
  show(
    <Titled text="Shop">
      <Titled text="SHOP-12 Title" />
    </Titled>,
  );
  expect(document.title).toBe("SHOP-12 Title · Lockstep");
});

test("how much is unread is in front, whatever changes first", () => {
  show([<Titled key="t" text="Inbox" />, <Unread key="u" count={3} />]);
  expect(document.title).toBe("(3) Inbox · Lockstep");
  show([<Titled key="t" text="My tasks" />, <Unread key="u" count={0} />]);
  expect(document.title).toBe("My tasks · Lockstep");
});
