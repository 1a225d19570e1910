import { card, column } from "./lib/board";
import { inviteByLink, joinBy, makeFirstAccount, makeProject } from "./lib/first-day";
import { expect, test } from "./lib/flow";

test.describe("on an empty database", () => {
  test.use({ users: 0 });

  test("the first account makes a project and tasks in place, which get numbers", async ({ arrive }) => {
    const { page } = await arrive(0);
    await makeFirstAccount(page, "Ada");
    await makeProject(page, "Shop");

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
    await makeFirstAccount(owner, "Ada");
    await makeProject(owner, "Shop");
    const link = await inviteByLink(owner, 1);
    await expect(owner.getByText("for one person")).toBeVisible();

    const { page: guest } = await arrive(0);
    await joinBy(guest, link, "Bob");

    await expect(guest.getByRole("heading", { name: "Shop" })).toBeVisible();
    await expect(column(guest, "Backlog")).toBeVisible();
    await expect(owner.getByText("for one person")).toBeHidden();
    const members = owner.getByRole("region", { name: "Members" });
    await expect(members.getByRole("listitem").filter({ hasText: "Bob" })).toBeVisible();
  });
});
