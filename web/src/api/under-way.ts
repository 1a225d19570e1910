// Requests without an answer so far. Where a network drops what is sent, the browser waits for minutes before it says so.

interface UnderWay {
  readonly since: number;
  readonly controller: AbortController;
}

const underWay = new Set<UnderWay>();

/** As `fetch`, until it is given up: then it rejects as without a network. */
export async function fetchUntilGivenUp(request: Request): Promise<Response> {
  const one = { since: Date.now(), controller: new AbortController() };
  underWay.add(one);
  try {
    const signal = AbortSignal.any([request.signal, one.controller.signal]);
    return await fetch(request, { signal });
  } finally {
    underWay.delete(one);
  }
}

/** Ends what was sent before then, in milliseconds since 1970. */
export function giveUp(before: number): void {
  for (const { since, controller } of underWay) {
    if (since <= before) controller.abort(new TypeError("The network was away while this was asked."));
  }
}
