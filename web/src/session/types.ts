import type { operations } from "../api/schema";
import type { Access } from "./access";

type Body<Name extends keyof operations, Status extends number> = operations[Name] extends {
  responses: Record<Status, { content: { "application/json": infer T } }>;
}
  ? T
  : never;

export type Me = Body<"me.show", 200>["user"];
export type SignedIn = Body<"auth.login", 200>;
export type MePatch = NonNullable<operations["me.change"]["requestBody"]>["content"]["application/json"];

export interface Registration {
  email: string;
  name: string;
  password: string;
  /** The token of an invitation. */
  invitation?: string;
}

export type SessionState =
  /** `trouble`: why it takes so long, as a sentence. */
  | { kind: "starting"; trouble?: string }
  /** `ended`: without anybody asking for it, so what is unsent is kept for who comes back. */
  | { kind: "signed_out"; reason?: "ended" }
  | { kind: "signed_in"; me: Me }
  /** The password is asked for in place, and nothing is lost. */
  | { kind: "expired"; me: Me }
  /** Another tab of this browser is somebody else's now; this one has to be loaded anew. */
  | { kind: "replaced"; me: Me; by: Person };

export interface Person {
  id: string;
  name: string;
  email: string;
}

/** What the tabs of a browser tell each other. */
export type Message =
  | { kind: "signed_in"; me: Me; access: Access }
  | { kind: "refreshed"; user: Person; access: Access }
  | { kind: "me"; me: Me }
  | { kind: "expired"; user: string }
  | { kind: "signed_out"; user: string; ended: boolean };
