import { expect, it } from "vitest";
import { EventReader } from "./stream";

const written = ':\n\nid: k3v9:42\ndata: {"version":42}\n\n:\n\nevent: resync\ndata: {"code":"resync"}\n\n';
const events = [
  { name: "message", data: '{"version":42}' },
  { name: "resync", data: '{"code":"resync"}' },
];

it("reads the same events in whatever pieces they come", () => {
  for (let size = 1; size <= written.length; size += 1) {
    const reader = new EventReader();
    const read = [];
    for (let at = 0; at < written.length; at += size) read.push(...reader.take(written.slice(at, at + size)));
    expect(read).toEqual(events);
  }
});

it("holds an event back until it is whole", () => {
  const reader = new EventReader();
  expect(reader.take('id: k3v9:42\ndata: {"version":42}\n')).toEqual([]);
  expect(reader.take("\n")).toEqual(events.slice(0, 1));
});
