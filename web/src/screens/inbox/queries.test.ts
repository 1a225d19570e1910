import { QueryClient } from "@tanstack/react-query";
import { expect, test } from "vitest";
import type { Notification } from "./model";
import { foretell, type Mark } from "./queries";

function told(id: number, task: string, unread: boolean): Notification {
  const at = "2026-11-28T12:00:00.000Z";
  const of = { id: task, number: 1, title: "A", status: "todo", deleted: false };
  const project = { id: "p", key: "SHOP", name: "Web shop" };
  const told = { id, cause: "changed" as const, count: 1, unread, project, comment: null, version: 3, actor: "a" };
  return { ...told, task: of, created_at: at, updated_at: at };
}

/** An inbox of 9 and 8 about x, and 7 about y, of which 8 was read. Something older of another task is unread too. */
function marked(mark: Mark): { unread: number[]; count: number | undefined } {
  const client = new QueryClient();
  const items = [told(9, "x", true), told(8, "x", false), told(7, "y", true)];
  const pages = { pages: [{ items, next_cursor: null, unread: 3 }], pageParams: [null] };
  client.setQueryData(["inbox", "list", "all"], pages);
  client.setQueryData(["inbox", "unread"], 3);
  foretell(client, mark);
  const after = client.getQueryData<typeof pages>(["inbox", "list", "all"])?.pages[0]?.items ?? [];
  return {
    unread: after.filter((one) => one.unread).map((one) => one.id),
    count: client.getQueryData<number>(["inbox", "unread"]),
  };
}

test("reading a task reads all about it, and only what was unread is taken from the count", () => {
  expect(marked({ tasks: ["x"] })).toEqual({ unread: [7], count: 2 });
});

test("reading up to one reads it and what is older, not what came after", () => {
  expect(marked({ up_to: 7 })).toEqual({ unread: [9], count: 2 });
});

test("what is unread of one task counts once, as it is one row", () => {
  expect(marked({ ids: [8], unread: true })).toEqual({ unread: [9, 8, 7], count: 3 });
  expect(marked({ ids: [9], unread: true })).toEqual({ unread: [9, 7], count: 3 });
});
