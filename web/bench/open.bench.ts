import { Api } from "../tests/lib/api";
import { filled } from "../tests/lib/fill";
import { test } from "../tests/lib/flow";
import { measured, ratio, rounds, shrunk } from "./lib/measured";
import { type Openings, openings } from "./lib/usable";

const side = (samples: readonly Openings[], of: keyof Openings): number[] => samples.map((sample) => sample[of]);

test("4,000 tasks: a usable board from the server and from the local copy", async ({ browser, cluster }) => {
  const ada = cluster.user(0);
  const address = cluster.instances[0]?.http ?? "";
  const project = await filled(Api.of(cluster, ada), { tasks: shrunk(4_000, 400) });
  const samples: Openings[] = [];
  await rounds(7, async () => void samples.push(await openings(browser, address, ada, project)));
  const [cold, local] = [side(samples, "cold"), side(samples, "local")];
  measured({
    what: "4,000 tasks, usable board",
    unit: "ms",
    figures: { cold, "local copy": local },
    wanted: { of: "local copy of cold", judged: ratio(local, cold), bound: "at most", limit: 0.5 },
  });
});

test("5,000 tasks with and without 20 kB of text each", async ({ browser, cluster }) => {
  const ada = cluster.user(0);
  const address = cluster.instances[0]?.http ?? "";
  const api = Api.of(cluster, ada);
  const tasks = shrunk(5_000, 200);
  const plain = await filled(api, { tasks });
  const wordy = await filled(api, { tasks, text: 20_000 });
  const without: Openings[] = [];
  const texts: Openings[] = [];
  await rounds(5, async () => {
    without.push(await openings(browser, address, ada, plain));
    texts.push(await openings(browser, address, ada, wordy));
  });
  for (const of of ["cold", "local"] as const) {
    const [long, short] = [side(texts, of), side(without, of)];
    measured({
      what: `5,000 tasks, usable board, ${of === "cold" ? "cold" : "from the local copy"}`,
      unit: "ms",
      figures: { "with 20 kB each": long, without: short },
      wanted: { of: "with of without", judged: ratio(long, short), bound: "at most", limit: 1.5 },
    });
  }
});
