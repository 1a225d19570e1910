import { Api } from "./lib/api";
import { card, live } from "./lib/board";
import { expect, test } from "./lib/flow";
import { Gateway } from "./lib/gateway";

test("the page works below a path: everything it asks for and every address it shows is below it", async ({
  cluster,
  signedIn,
}) => {
  const gateway = await Gateway.start(cluster.instances[0]?.http ?? "", { below: "/x" });
  const ada = cluster.user(0);
  const project = await Api.of(cluster, ada).project("Shop");
  const { page } = await signedIn(ada, `${gateway.address}/`);

  await page.getByRole("link", { name: "Shop" }).first().click();
  await live(page);
  await expect(page).toHaveURL(`${gateway.address}/p/${project}`);
  await page.getByRole("button", { name: "Create a task in Todo" }).click();
  const line = page.getByRole("textbox", { name: "Title of the new task" });
  await line.fill("Sell things");
  await line.press("Enter");
  await line.press("Escape");
  await card(page, "Sell things").click();
  await expect(page).toHaveURL(`${gateway.address}/p/${project}/1`);

  await page.reload();
  await expect(page.getByRole("heading", { name: "Sell things" })).toBeVisible();
  await page.goto(`${gateway.address}/shop-1`);
  await expect(page).toHaveURL(`${gateway.address}/p/${project}/1`);
  await page.goBack();
  await page.goForward();
  for (const screen of ["inbox", "me/tasks", "account", "projects"]) {
    await page.goto(`${gateway.address}/${screen}`);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  }
  expect(gateway.socketAttempts, "the socket is below the path too").toBeGreaterThan(0);
  expect(gateway.astray, "what was asked for beside the path").toEqual([]);
  await page.close();
  await gateway.stop();
});
