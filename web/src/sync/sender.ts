// Sends the queue: each project's commands in order, one batch at a time, again and again until there is an answer. Only the
// leading tab does. An answer that was lost costs a repeat and never a second change, because a command keeps its id.

import { SessionEnded } from "../api/problem";
import type { Answer, Environment } from "./environment";
import type { Settled } from "./messages";
import type { Id, Problem, ProjectEvent } from "./model";
import { firstBatch, mostCommands, type Outcome, outcomeOf, type Result } from "./outbox";
import type { Queue } from "./queue";
import type { Entry } from "./storage";

const shortestPause = 250;
const longestPause = 10_000;
/** A connection may be dead without anybody saying so, so the first answer is not waited for as long as the next ones. */
const shortestPatience = 5_000;
const longestPatience = 30_000;

export interface SenderHost {
  /** Whether this tab may send: asked before each batch. */
  mayLead(): Promise<boolean>;
  /** The answer brought events, which are shown and kept with it. */
  answered(project: Id, settled: readonly Settled[], events: readonly ProjectEvent[]): Promise<void>;
  /** There is no session. `wake` is called when there is one again. */
  sessionEnded(): void;
}

export class Sender {
  private readonly running = new Set<Id>();
  private readonly sleeping = new Map<Id, () => void>();

  constructor(
    private readonly environment: Environment,
    private readonly queue: Queue,
    private readonly host: SenderHost,
  ) {}

  /** Sends what there is, unless it is being sent already. */
  start(): void {
    for (const project of this.queue.projects()) {
      if (this.running.has(project)) continue;
      void this.run(project);
    }
  }

  /** Does not wait any longer before the next attempt. */
  wake(): void {
    for (const go of [...this.sleeping.values()]) go();
    this.start();
  }

  private async run(project: Id): Promise<void> {
    this.running.add(project);
    try {
      await this.sendAll(project);
    } finally {
      this.running.delete(project);
    }
  }

  private async sendAll(project: Id): Promise<void> {
    let most = mostCommands;
    let pause = shortestPause;
    let patience = shortestPatience;
    for (;;) {
      const batch = firstBatch(this.queue.sendable(project), most);
      if (batch.length === 0 || !(await this.host.mayLead())) return;
      const answer = await this.post(project, batch, patience);
      patience = answer === null ? Math.min(patience * 2, longestPatience) : shortestPatience;
      const verdict = answer === "session_ended" ? answer : judge(answer, batch.length);
      if (verdict === "session_ended") return this.host.sessionEnded();
      if (verdict === "smaller") {
        most = Math.max(1, Math.floor(batch.length / 2));
        continue;
      }
      if (verdict !== "later" && (await this.settle(project, batch, verdict))) {
        pause = shortestPause;
        continue;
      }
      const named = answer === "session_ended" ? null : answer?.retryAfter;
      await this.sleep(project, named ?? pause * (0.5 + this.environment.random() / 2));
      pause = Math.min(pause * 2, longestPause);
    }
  }

  private async post(project: Id, batch: readonly Entry[], patience: number): Promise<Answer | null | "session_ended"> {
    this.queue.try(batch);
    const body = { commands: batch.map((entry) => entry.command), atomic: false };
    try {
      return await this.environment.http("POST", `projects/${project}/commands`, body, patience);
    } catch (error) {
      return error instanceof SessionEnded ? "session_ended" : null;
    }
  }

  /** Answers whether all of the batch was decided. */
  private async settle(project: Id, batch: readonly Entry[], verdict: Verdict): Promise<boolean> {
    if (verdict.kind === "closed") {
      await this.queue.close(project, verdict.problem);
      return true;
    }
    const settled = batch.flatMap((entry, index) => settledAs(entry, verdict.outcomes[index]) ?? []);
    const events = verdict.outcomes.flatMap((one) => (one.kind === "done" && one.event ? [one.event] : []));
    await this.host.answered(project, settled, events);
    return settled.length === batch.length;
  }

  private sleep(project: Id, milliseconds: number): Promise<void> {
    return new Promise((go) => {
      const cancel = this.environment.clock.after(milliseconds, () => wake());
      const wake = () => {
        cancel();
        this.sleeping.delete(project);
        go();
      };
      this.sleeping.set(project, wake);
    });
  }
}

type Verdict =
  | { readonly kind: "decided"; readonly outcomes: readonly Outcome[] }
  | { readonly kind: "closed"; readonly problem: Problem };

function judge(answer: Answer | null, sent: number): Verdict | "later" | "smaller" | "session_ended" {
  if (answer === null) return "later";
  if (answer.status === 401) return "session_ended";
  if (answer.status === 200 && isDecision(answer.body)) {
    return { kind: "decided", outcomes: answer.body.results.map(outcomeOf) };
  }
  // Without a problem document it was a proxy that answered.
  if (!isProblem(answer.body) || answer.status >= 500 || answer.status === 429 || answer.status === 408) return "later";
  const problem = answer.body;
  if (answer.status === 403 || answer.status === 404) return { kind: "closed", problem };
  // The form of one command was refused, and with it all that were sent together.
  if (sent > 1) return "smaller";
  return { kind: "decided", outcomes: [{ kind: "refused", problem }] };
}

function settledAs(entry: Entry, outcome: Outcome | undefined): Settled | null {
  if (!outcome || isUndecided(outcome)) return null;
  const command = entry.command.command_id;
  if (outcome.kind === "done") return { command, outcome };
  return { command, outcome, refused: { ...entry, problem: outcome.problem, textOnly: false } };
}

function isUndecided(outcome: Outcome): boolean {
  return outcome.kind === "refused" && (outcome.problem.status === 503 || outcome.problem.status === 429);
}

function isDecision(body: unknown): body is { results: Result[] } {
  return typeof body === "object" && body !== null && "results" in body && Array.isArray(body.results);
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "detail" in body;
}
