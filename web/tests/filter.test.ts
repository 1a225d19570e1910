import { Api, type Task } from "./lib/api";
import { card, openBoard } from "./lib/board";
import { expect, test } from "./lib/flow";

test.use({ users: 2 });

test("the filter finds the tasks that the server finds: by words, names of tasks, labels, options and people", async ({
  cluster,
  signedIn,
}) => {
  const [ada, bob] = [cluster.user(0), cluster.user(1)];
  const api = Api.of(cluster, ada);
  const project = await api.project("Shop", [bob]);
  const titles = Array.from({ length: 12 }, (_, n) => `Paint door ${n + 20}`);
  const tasks = await api.tasks(project, "todo", titles);
  await api.tasks(project, "backlog", ["Order crème brûlée, 12 pieces", "工作组备忘录需要更新"]);
  await api.commands(project, [
    { type: "label.put", key: "nd", name: "Needs design", color: "#d4380d" },
    {
      type: "field.put",
      key: "size",
      name: "Size",
      field_type: "select",
      options: [{ key: "xl", name: "Very large" }],
    },
    { type: "field.put", key: "tester", name: "Tester", field_type: "person" },
    { type: "field.put", key: "cost", name: "Cost", field_type: "number" },
    { type: "task.update", task: tasks[1], set: { assignees: [bob.id] } },
    { type: "task.update", task: tasks[2], set: { labels: ["nd"], fields: { size: "xl", cost: 250 } } },
    { type: "task.update", task: tasks[3], set: { fields: { tester: bob.id } } },
  ]);
  const { page } = await signedIn(ada, 0);
  await openBoard(page, project);
  await expect(card(page, titles[11] ?? "")).toBeAttached();
  const filter = page.getByRole("textbox", { name: "Words in the title" });
  const found = page.getByRole("search", { name: "Filter" }).getByRole("status");
  const all = await api.allTasks(project);

  const questions = [
    bob.name,
    `"${bob.name}"`,
    `-${bob.name} door`,
    "design",
    "needs d",
    "nd",
    "very large",
    "xl",
    "250",
  ];
  questions.push(
    "shop",
    "shop-1",
    "SHOP-12",
    "shop12",
    "#12",
    "12",
    "1",
    "doo",
    "oor",
    "creme",
    "备忘录",
    "paint 25",
    "nothing",
  );
  for (const question of questions) {
    const { items } = await api.send<{ items: Task[] }>(
      "GET",
      `projects/${project}/tasks?limit=100&q=${encodeURIComponent(question)}`,
    );
    await filter.fill(question);
    await expect(found, question).toHaveText(`${items.length} of ${all.length}`);
    const shown = page.locator("[data-board] [data-card]");
    await expect(shown, question).toHaveCount(items.length);
    const ids = await shown.evaluateAll((cards) => cards.map((one) => one.getAttribute("data-card")));
    expect(ids.sort(), question).toEqual(items.map(({ id }) => id).sort());
  }
});
