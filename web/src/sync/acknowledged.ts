// Commands that the server acknowledged at a version that this tab does not have yet: they are shown until it has.

import type { Id } from "./model";
import type { Entry } from "./storage";

export class Acknowledged {
  private all: { readonly entry: Entry; readonly version: number }[] = [];

  add(entry: Entry, version: number): void {
    this.all.push({ entry, version });
  }

  /** What is to be shown of a project that stands at this version. The rest is forgotten. */
  above(project: Id, version: number): Entry[] {
    this.all = this.all.filter((one) => one.entry.project !== project || one.version > version);
    return this.all.filter((one) => one.entry.project === project).map((one) => one.entry);
  }

  forget(project: Id): void {
    this.all = this.all.filter((one) => one.entry.project !== project);
  }
}
