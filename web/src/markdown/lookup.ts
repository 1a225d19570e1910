/** What a text may refer to. */
export interface Lookup {
  /** The project's key: `SHOP` of `SHOP-12`. */
  readonly key: string;
  person(id: string): { name: string; me: boolean } | null;
  task(number: number): { title: string; status: string; done: boolean; href: string } | null;
}
