import { faultSentence } from "../../api/problem";
import type { Problem } from "../../sync/model";

/** Why a task could not be put into another column. Its project may not be loaded, so only its key is known. */
export function refusalWords(problem: Problem, projectKey: string, number: number): string {
  const name = `${projectKey}-${number}`;
  if (problem.code !== "blocked") return `${name} stays where it was. ${faultSentence(problem.detail)}`;
  const blockers = Array.isArray(problem["blockers"]) ? problem["blockers"] : [];
  const names = blockers.map((blocker: { number: number }) => `${projectKey}-${blocker.number}`);
  return `${name} waits for ${new Intl.ListFormat("en").format(names)}.`;
}
