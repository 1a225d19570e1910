// Server-sent events (WHATWG HTML, 9.2), as far as this server writes them: lines end with LF, and data is one line of JSON.

export interface StreamEvent {
  /** `message` where the server names none. */
  readonly name: string;
  readonly data: string;
}

/** Puts events together from text that comes in pieces. */
export class EventReader {
  private rest = "";

  /** The events that are whole now. A comment is none. */
  take(text: string): StreamEvent[] {
    const blocks = (this.rest + text).split("\n\n");
    this.rest = blocks.pop() ?? "";
    return blocks.flatMap((block) => eventOf(block) ?? []);
  }
}

function eventOf(block: string): StreamEvent | null {
  const fields = new Map<string, string>();
  for (const line of block.split("\n")) {
    const [, name, value] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields.set(name, value);
  }
  const data = fields.get("data");
  return data === undefined ? null : { name: fields.get("event") ?? "message", data };
}
