import { Mentions } from "../markdown/mentions";
import type { Id } from "../sync/model";

/** Somebody whom the project's log names. */
export interface Person {
  readonly id: Id;
  readonly name: string;
  /** `false`: the account was stopped or deleted. */
  readonly active: boolean;
  /** `false`: has left the project. */
  readonly member: boolean;
}

/** Everybody whom a project's log names, by id. */
export class People {
  readonly mentions: Mentions;
  private readonly byId: ReadonlyMap<Id, Person>;

  constructor(readonly list: readonly Person[]) {
    this.byId = new Map(list.map((person) => [person.id, person]));
    this.mentions = new Mentions(list);
  }

  person(id: Id): Person | undefined {
    return this.byId.get(id);
  }

  /** A deleted account has no name any more. */
  name(id: Id): string {
    return this.byId.get(id)?.name || "Somebody";
  }

  /** The name, and that they have left. */
  label(id: Id): string {
    const gone = this.byId.get(id)?.member === false;
    return gone ? `${this.name(id)} (left)` : this.name(id);
  }

  /** The members by name. */
  members(locale: string): Person[] {
    const collator = new Intl.Collator(locale);
    return this.list.filter((person) => person.member).sort((a, b) => collator.compare(a.name, b.name));
  }
}

export const nobody = new People([]);
