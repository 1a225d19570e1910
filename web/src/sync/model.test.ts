import { expect, it } from "vitest";
import { runPlan } from "./model/plan";

// SYNC_SEED is the first plan, SYNC_PLANS says how many are run: a failure names the one that has to be run again.
const first = Number(process.env["SYNC_SEED"] ?? 1);
const count = Number(process.env["SYNC_PLANS"] ?? 100);

it("whatever happens, nothing is lost or doubled, and every tab ends with what the server has", async () => {
  for (let plan = first; plan < first + count; plan += 1) {
    try {
      await runPlan(plan);
    } catch (error) {
      expect.fail(
        `SYNC_SEED=${plan} SYNC_PLANS=1: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
    }
  }
}, 600_000);
