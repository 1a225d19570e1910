import { card, column, live } from "./lib/board";
import { expect, test } from "./lib/flow";

const PASSWORD = "a long enough password";

test.describe("on an empty database", () => {
  test.use({ users: 0 });

  test("the first account makes a project and tasks in place, which get numbers", async ({ arrive }) => {
    const { page } = await arrive(0);
    await expect(page.getByRole("heading", { name: "Make the first account" })).toBeVisible();
    await page.getByLabel("Name").fill("Ada");
    await page.getByLabel("E-mail").fill("ada@example.org");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Make the account" }).click();

    await page.getByRole("main").getByRole("button", { name: "New project" }).click();
    await page.getByLabel("Name").fill("Shop");
    await page.getByLabel("Key").fill("SHOP");
    await page.getByRole("button", { name: "Make the project" }).click();
    await live(page);

    await page
      .getByRole("button", { name: /^Create a task in/ })
      .first()
      .click();
    const line = page.getByRole("textbox", { name: "Title of the new task" });
    await line.fill("Sell things");
    await line.press("Enter");
    await line.fill("Send things");
    await line.press("Enter");
    await line.press("Escape");
    await expect(line).toBeHidden();
    await expect(card(page, "Sell things")).toContainText("SHOP-1");
    await expect(card(page, "Send things")).toContainText("SHOP-2");
  });

  test("who opens an invitation and registers is on the board at once, and among the members in the other's page", async ({
    arrive,
  }) => {
    const { page: owner } = await arrive(0);
    await owner.getByLabel("Name").fill("Ada");
    await owner.getByLabel("E-mail").fill("ada@example.org");
    await owner.getByLabel("Password").fill(PASSWORD);
    await owner.getByRole("button", { name: "Make the account" }).click();
    await owner.getByRole("main").getByRole("button", { name: "New project" }).click();
    await owner.getByLabel("Name").fill("Shop");
    await owner.getByRole("button", { name: "Make the project" }).click();
    await live(owner);
    await owner.getByRole("link", { name: "Settings" }).click();
    await owner.getByRole("button", { name: "Make an invitation link" }).click();
    await owner.getByRole("button", { name: "Make the link" }).click();
    const link = await owner.getByLabel("Invitation link").inputValue();

    const { page: guest } = await arrive(0);
    await guest.goto(link);
    await expect(guest.getByRole("heading", { name: "Ada invites you to Shop" })).toBeVisible();
    await guest.getByLabel("Name").fill("Bob");
    await guest.getByLabel("E-mail").fill("bob@example.org");
    await guest.getByLabel("Password").fill(PASSWORD);
    await guest.getByRole("button", { name: "Sign up and join" }).click();

    await expect(guest.getByRole("heading", { name: "Shop" })).toBeVisible();
    await live(guest);
    await expect(column(guest, "Backlog")).toBeVisible();
    const members = owner.getByRole("region", { name: "Members" });
    await expect(members.getByRole("listitem").filter({ hasText: "Bob" })).toBeVisible();
  });
});
