// The fold: events 1..N of a project give its snapshot at N, for every N, here as on the server.

import type { ProjectEvent, Reranked } from "../model";
import { Tables } from "../tables";
import type { EventData, EventType } from "./events";
import { definitionRules, memberRules, projectRules } from "./project";
import { FoldError, type Rules, UnknownEvent } from "./rules";
import { commentRules, dependencyRules, taskRules } from "./task";

export { FoldError, UnknownEvent };

const rules: Rules<EventType> = {
  "project.created": () => {
    throw new FoldError("a project begins with project.created and has no other one");
  },
  ...projectRules,
  ...memberRules,
  ...definitionRules,
  ...taskRules,
  ...dependencyRules,
  ...commentRules,
};

type Rule = (tables: Tables, data: ProjectEvent["data"], event: ProjectEvent) => void;
const ruleOf: ReadonlyMap<string, Rule> = new Map(Object.entries(rules));

/**
 * Applies what an event changed. The caller has seen to it that the event is the next one.
 *
 * Throws `UnknownEvent`, having changed nothing, at a type that this build does not know, and `FoldError` at an event that
 * does not fit. After either a snapshot has to be loaded.
 */
export function apply(tables: Tables, event: ProjectEvent): void {
  const rule = ruleOf.get(event.type);
  if (!rule) throw new UnknownEvent(event.type);
  for (const reranked of event.reranked ?? []) rerank(tables, reranked);
  rule(tables, event.data, event);
}

/** A project as its first event makes it. */
export function begin(event: ProjectEvent): Tables {
  if (event.type !== "project.created") throw new FoldError("the first event is not project.created");
  const { owner, key, name, description, workflow, blocked_gate }: EventData["project.created"] = event.data;
  const made = { created_at: event.at, created_by: event.actor, updated_at: event.at };
  const project = { key, name, description, workflow, blocked_gate, labels: [], fields: [], archived: false, ...made };
  return Tables.of({
    project: { id: event.project, ...project },
    members: [{ user: owner, role: "owner" }],
    tasks: [],
    dependencies: [],
  });
}

/** A neighbour makes room. One in the bin is not here; it comes back whole. */
function rerank(tables: Tables, { task, rank }: Reranked): void {
  const neighbour = tables.task(task);
  if (neighbour) tables.setTask({ ...neighbour, rank });
}
