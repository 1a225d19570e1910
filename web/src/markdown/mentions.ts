// How people stand in a field, `@Mira Sander`, and how they are sent, `<@id>`.

import { fold } from "../words/fold";
import { outsideCode } from "./code";

export interface Mentionable {
  readonly id: string;
  readonly name: string;
  /** A member can be chosen; who left stays readable in old texts. */
  readonly member: boolean;
}

export class Mentions {
  private readonly names = new Map<string, string>();
  private readonly ids = new Map<string, string>();
  private readonly pattern: RegExp | null;

  constructor(readonly people: readonly Mentionable[]) {
    // The members first, so that somebody of the same name who left is the one that gets a number.
    const sorted = [...people].sort((a, b) => Number(b.member) - Number(a.member) || (a.id < b.id ? -1 : 1));
    for (const { id, name } of sorted) {
      let unique = name;
      for (let count = 2; this.ids.has(unique); count += 1) unique = `${name} (${count})`;
      this.names.set(id, unique);
      this.ids.set(unique, id);
    }
    const longestFirst = [...this.ids.keys()].sort((a, b) => b.length - a.length).map(quote);
    this.pattern = longestFirst.length
      ? new RegExp(`(?<![\\p{L}\\p{N}_<\\\\])@(${longestFirst.join("|")})(?![\\p{L}\\p{N}_])`, "gu")
      : null;
  }

  /** The name in a field, different for everybody. */
  name(id: string): string {
    return this.names.get(id) ?? "somebody";
  }

  toField(text: string): string {
    return outsideCode(text, (words) =>
      words.replaceAll(/(?<!\\)<@([0-9a-f-]{36})>/g, (whole, id: string) => {
        const name = this.names.get(id);
        return name === undefined ? whole : `@${name}`;
      }),
    );
  }

  fromField(text: string): string {
    const { pattern } = this;
    if (!pattern) return text;
    return outsideCode(text, (words) => words.replaceAll(pattern, (_, name: string) => `<@${this.ids.get(name)}>`));
  }

  /** The members whose name, or a word of it, begins with `query`. */
  find(query: string): Mentionable[] {
    const wanted = fold(query);
    return this.people.filter(
      ({ name, member }) => member && (fold(name).startsWith(wanted) || fold(name).includes(` ${wanted}`)),
    );
  }
}

const quote = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
