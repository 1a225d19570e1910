import type { SignedIn } from "./types";

/** A token is replaced so long before its end, or a third of its life before when it lives shortly. */
const AHEAD_MS = 60_000;

/** An access token, and when it ends by the clock of this device. */
export interface Access {
  token: string;
  /** From then on it is replaced ahead of its end. */
  renewAt: number;
  endsAt: number;
}

export function accessOf({ access_token, expires_in }: SignedIn, now: number): Access {
  const lifetime = expires_in * 1000;
  const endsAt = now + lifetime;
  return { token: access_token, renewAt: endsAt - Math.min(AHEAD_MS, lifetime / 3), endsAt };
}
