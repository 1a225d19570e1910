import { test as base, expect, type Page } from "@playwright/test";
import { faultsOf } from "./lib/axe";
import { FixturesSite } from "./lib/fixtures-site";
import { crowdedControls, smallControls } from "./lib/layout";

const test = base.extend<{ fixtures: Page }, { site: FixturesSite }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from its first parameter.
    async ({}, use) => use(await FixturesSite.build()),
    { scope: "worker" },
  ],
  fixtures: async ({ page, site }, use) => {
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(error.message));
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()));
    await site.open(page);
    await use(page);
    expect(faults, "errors in the console, among them what the policy forbids").toEqual([]);
  },
});

const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const desk = { viewport: { width: 1280, height: 800 } };
const floating = [
  { by: "button", trigger: "Menu", role: "menu" },
  { by: "button", trigger: "Role", role: "menu" },
  { by: "combobox", trigger: "Status: todo", role: "listbox" },
  { by: "combobox", trigger: "Labels: 2", role: "listbox" },
  { by: "button", trigger: "Popover", role: "dialog" },
  { by: "button", trigger: "Dialog", role: "dialog" },
  { by: "button", trigger: "Offline · 3 kept", role: "dialog" },
] as const;

for (const [device, options, target] of [
  ["phone", phone, 44],
  ["desk", desk, 24],
] as const) {
  for (const colorScheme of ["light", "dark"] as const) {
    test.describe(`on a ${device}, ${colorScheme}`, () => {
      test.use({ ...options, colorScheme });

      test("every component is accessible and has room", async ({ fixtures }, info) => {
        await fixtures.getByRole("button", { name: "Toast" }).click();
        await fixtures.getByRole("button", { name: "Refusal" }).click();
        expect(await faultsOf(fixtures)).toEqual([]);
        expect(await fixtures.locator("body").evaluate(smallControls, target)).toEqual([]);
        expect(await fixtures.evaluate(crowdedControls)).toEqual([]);
        const body = await fixtures.screenshot({ fullPage: true, animations: "disabled" });
        await info.attach("components", { body, contentType: "image/png" });
      });

      for (const { by, trigger, role } of floating) {
        test(`what “${trigger}” opens is accessible, and Esc leads back to it`, async ({ fixtures }, info) => {
          const button = fixtures.getByRole(by, { name: trigger }).first();
          await button.click();
          const opened = fixtures.getByRole(role).first();
          await expect(opened).toBeVisible();
          if (role === "menu") await fixtures.keyboard.press("ArrowDown");
          expect(await faultsOf(fixtures)).toEqual([]);
          expect(await opened.evaluate(smallControls, target)).toEqual([]);
          const body = await fixtures.screenshot({ animations: "disabled" });
          await info.attach(role, { body, contentType: "image/png" });
          await fixtures.keyboard.press("Escape");
          await expect(opened).toBeHidden();
          await expect(button).toBeFocused();
        });
      }
    });
  }
}

test("a picker has the chosen one first and highlighted, finds by what is typed, and picks by Enter", async ({
  fixtures,
}) => {
  await fixtures.getByRole("combobox", { name: "Status: todo" }).click();
  const options = fixtures.getByRole("option");
  await expect(options.first()).toHaveText(/^Todo/);
  await expect(options.first()).toHaveAttribute("data-highlighted");
  await fixtures.keyboard.type("in p");
  await expect(options).toHaveCount(1);
  await fixtures.keyboard.press("Enter");
  const field = fixtures.getByRole("combobox", { name: "Status: doing" });
  await expect(field).toBeFocused();
  await fixtures.keyboard.press("Enter");
  await expect(options.first()).toHaveText(/^In progress/);
  await fixtures.keyboard.press("Enter");
  await expect(options).toHaveCount(0);
  await expect(field).toBeFocused();
});

test("a picker of several stays open and in order while Space picks, and makes what was typed", async ({
  fixtures,
}) => {
  await fixtures.getByRole("combobox", { name: "Labels: 2" }).click();
  const options = fixtures.getByRole("option");
  await expect(options).toHaveText(["Red", "Blue", "Orange", "Yellow", "Green", "Teal", "Violet", "Pink", "Grey"]);
  await fixtures.keyboard.press("ArrowDown");
  await fixtures.keyboard.press("Space");
  await expect(fixtures.getByRole("img", { name: "chosen" })).toHaveCount(1);
  await expect(options.first()).toHaveText("Red");
  await fixtures.keyboard.type("Review");
  await expect(options).toHaveText(["Create label “Review”"]);
  await fixtures.keyboard.press("Enter");
  await fixtures.keyboard.press("Escape");
  await expect(fixtures.getByRole("combobox", { name: "Labels: 2" })).toHaveText("Blue, Review");
});

test("a letter on a closed picker picks nothing, for letters are the page's keys", async ({ fixtures }) => {
  const field = fixtures.getByRole("combobox", { name: "Status: todo" });
  await field.focus();
  await fixtures.keyboard.press("b");
  await fixtures.keyboard.press("Enter");
  await expect(fixtures.getByRole("option").first()).toHaveText(/^Todo/);
});

test("a text edited in place is saved by Enter and by leaving it, and restored by Esc", async ({ fixtures }) => {
  const title = fixtures.getByRole("button", { name: /^Title:/ });
  const field = fixtures.getByRole("textbox", { name: "Title" });
  await title.click();
  await field.fill("Orders arrive once");
  await field.press("Escape");
  await expect(title).toHaveText("Orders arrive twice when the network is slow");
  await expect(title).toBeFocused();
  await title.press("Enter");
  await field.fill("Orders arrive once");
  await field.press("Enter");
  await expect(title).toHaveText("Orders arrive once");
  await title.click();
  await field.fill("Orders arrive");
  await fixtures.getByRole("textbox", { name: "Name" }).focus();
  await expect(title).toHaveText("Orders arrive");
  await title.click();
  await field.fill("  ");
  await field.press("Enter");
  await expect(title).toHaveText("Orders arrive");
});
