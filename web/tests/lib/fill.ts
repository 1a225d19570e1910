// Projects of a size.

import type { Api } from "./api";

const columns = ["backlog", "todo", "in_progress", "in_review"];
/** Commands of one request: their number, and what their texts may be together. */
const batch = 500;
const batchBytes = 800_000;

export interface Filling {
  readonly tasks: number;
  /** The length of each description. */
  readonly text?: number;
}

export const titleOf = (n: number): string => `Card ${n}: what has to be done before the next release`;

/** Makes a project, its tasks evenly in the open columns. Task 1 is the first of the first column. */
export async function filled(api: Api, { tasks, text = 0 }: Filling): Promise<string> {
  const project = await api.project(`${tasks} tasks`);
  const words = text === 0 ? {} : { description: lorem(text) };
  const most = Math.min(batch, Math.floor(batchBytes / (text + 300)));
  for (let first = 0; first < tasks; first += most) {
    const count = Math.min(most, tasks - first);
    const commands = Array.from({ length: count }, (_, n) => ({
      type: "task.create",
      title: titleOf(first + n + 1),
      status: columns[(first + n) % columns.length],
      ...words,
    }));
    await api.commands(project, commands);
  }
  return project;
}

/** A text that compresses about as well as a written one, and not as one that repeats itself. */
function lorem(length: number): string {
  let seed = 1;
  let text = "";
  while (text.length < length) {
    seed = (seed * 48_271) % 2_147_483_647;
    text += `${words[seed % words.length]}${seed % 11 === 0 ? ".\n\n" : " "}`;
  }
  return text.slice(0, length).trimEnd();
}

const words =
  "the a card board release customer order invoice address payment refuse accept deliver count test write change wait for of and with without before after when where server page list person question answer number letter window order-42 shop v1.2 deploy retry error".split(
    " ",
  );
