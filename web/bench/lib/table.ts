// Prints what was measured: each line when it is there, and all of them at the end.

import { execFileSync } from "node:child_process";
import { cpus, loadavg, totalmem } from "node:os";
import type { FullResult, Reporter, TestCase, TestResult } from "@playwright/test/reporter";
import { holds, median, quick, type Row, rowType } from "./measured";

const say = (text: string): void => void process.stdout.write(`${text}\n`);

export default class Table implements Reporter {
  private readonly lines: string[] = [];
  private readonly skipped: string[] = [];
  private broken = 0;
  private short = 0;

  onBegin(): void {
    say(machine());
  }

  onTestBegin(test: TestCase): void {
    say(`${test.title} … (load ${load()})`);
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    for (const { type, description = "" } of result.annotations) {
      if (type === rowType) this.add(JSON.parse(description) as Row);
      if (type === "skip") this.skip(`${test.title}: ${description}`);
    }
    for (const { stack, message } of result.errors) say(`  FAILED: ${stack ?? message}`);
    if (result.status !== "passed" && result.status !== "skipped") {
      this.broken += 1;
      this.lines.push(`FAILED: ${test.title}`);
    }
  }

  async onEnd(): Promise<{ status: FullResult["status"] }> {
    say(["", machine(), ...this.lines, ...this.skipped].join("\n"));
    if (quick) say("This was a quick run, which judges no figure.");
    else if (this.short > 0) say(`${this.short} figures are not what is wanted.`);
    return { status: this.broken + this.short > 0 ? "failed" : "passed" };
  }

  private add(row: Row): void {
    const text = line(row);
    if (row.wanted && !quick && !holds(row.wanted)) this.short += 1;
    this.lines.push(text);
    say(`  ${text}`);
  }

  private skip(why: string): void {
    this.skipped.push(`SKIPPED: ${why}`);
    say(`  SKIPPED: ${why}`);
  }
}

function line({ what, unit, figures, wanted }: Row): string {
  const sides = Object.entries(figures).map(([name, samples]) => `${name} ${spread(samples)}`);
  const shown = `${what}: ${sides.join(", ")} ${unit}`;
  if (!wanted || quick) return shown;
  const sign = wanted.bound === "at least" ? "≥" : "≤";
  const verdict = holds(wanted) ? "holds" : "DOES NOT HOLD";
  return `${shown}; ${wanted.of} ${figure(wanted.judged)} (wanted ${sign} ${figure(wanted.limit)}): ${verdict}`;
}

function spread(samples: readonly number[]): string {
  const middle = figure(median(samples));
  return samples.length === 1 ? middle : `${middle} (${figure(Math.min(...samples))}–${figure(Math.max(...samples))})`;
}

function figure(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return Number(value.toPrecision(3)).toString();
}

const load = (): string =>
  loadavg()
    .map((average) => average.toFixed(1))
    .join(" ");

function machine(): string {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const memory = Math.floor(totalmem() / 2 ** 30);
  const date = new Date().toISOString().slice(0, 16);
  return `${date}Z, commit ${commit}, ${cpus()[0]?.model}, ${cpus().length} cores, ${memory} GiB, load ${load()}`;
}
