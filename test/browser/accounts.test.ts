import { expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { PASSWORD } from "../support/marketplace.ts";
import { flaws, inBrowser, leave } from "./browser.ts";

const main = (page: Page) => page.locator("main");
const whereOf = (page: Page): string => page.url().slice(new URL(page.url()).origin.length);
const fillAccount = async (page: Page, username: string): Promise<void> => {
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("E-mail").fill(`${username}@example.org`);
  await page.getByLabel("Password").fill(PASSWORD);
};

inBrowser("accounts in a browser", ({ server, visit }) => {
  test("the setup link makes the first administrator, once", async () => {
    const token = (await server().app.accounts.setup.begin())!;
    const one = await visit({ script: false });
    const other = await visit();
    expect(await one.goto(`/setup?token=${token}`)).toBe(200);
    expect(await other.goto(`/setup?token=${token}`)).toBe(200);
    expect(await flaws(other)).toEqual([]);

    await fillAccount(one.page, "grace");
    await one.page.getByRole("button", { name: "Create the administrator" }).click();
    await one.page.waitForURL("**/");
    await one.page.locator(".menu summary").click();
    expect(await one.page.getByRole("link", { name: "Moderation" }).isVisible()).toBe(true);
    expect(await one.page.getByRole("link", { name: "Administration" }).isVisible()).toBe(true);

    await fillAccount(other.page, "mallory");
    await other.page.getByRole("button", { name: "Create the administrator" }).click();
    expect(await other.page.getByRole("alert").or(other.page.locator("h1")).first().textContent()).not.toBe("");
    expect(await other.goto(`/setup?token=${token}`)).toBe(404);
    expect(await other.goto("/mallory")).toBe(404);
    await leave(one, other);
  });

  for (const script of [true, false])
    test(`register, sign out, sign in and come back, ${script ? "with" : "without"} a script`, async () => {
      const name = script ? "robin" : "wren";
      const visitor = await visit({ script });
      const { page } = visitor;
      await visitor.goto("/register");
      await fillAccount(page, name);
      await main(page).getByRole("button", { name: "Create the account" }).click();
      await page.waitForURL("**/");
      expect(await page.locator(".menu summary").textContent()).toContain(name);

      await page.locator(".menu summary").click();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByRole("link", { name: "Sign in" }).waitFor();

      // What needs an account asks for it, and leads back.
      await visitor.goto("/settings/api-keys");
      expect(whereOf(page)).toBe("/sign-in?next=%2Fsettings%2Fapi-keys");
      await page.getByLabel("User name or e-mail").fill(name);
      await page.getByLabel("Password").fill("wrong horse battery staple");
      await main(page).getByRole("button", { name: "Sign in" }).click();
      expect(await page.getByRole("alert").textContent()).not.toBe("");
      expect(await page.getByLabel("User name or e-mail").inputValue()).toBe(name);
      expect(await page.getByLabel("Password").inputValue()).toBe("");
      await page.getByLabel("Password").fill(PASSWORD);
      await main(page).getByRole("button", { name: "Sign in" }).click();
      await page.waitForURL("**/settings/api-keys");
      await leave(visitor);
    });

  test("what is wrong with a registration stands beside its field", async () => {
    const visitor = await visit({ script: false });
    const { page } = visitor;
    await visitor.goto("/register");
    await page.locator("form[action='/register']").evaluate((form) => form.setAttribute("novalidate", ""));
    await page.getByLabel("User name").fill("Not A Name");
    await page.getByLabel("E-mail").fill("nobody@example.org");
    await page.getByLabel("Password").fill("short");
    await page.getByRole("button", { name: "Create the account" }).click();
    await page.locator(".field-problem").first().waitFor();
    for (const label of ["User name", "Password"])
      expect(await page.getByLabel(label).getAttribute("aria-invalid")).toBe("true");
    expect(await page.getByLabel("E-mail").inputValue()).toBe("nobody@example.org");
    await leave(visitor);
  });

  test("`next` leads nowhere else", async () => {
    await server().person("lena");
    const visitor = await visit();
    await visitor.signIn("lena", "https://elsewhere.example/");
    expect(new URL(visitor.page.url()).origin).toBe(server().url);
    await leave(visitor);
  });

  test("profile: what is saved is shown", async () => {
    await server().person("nadia");
    const visitor = await visit({ script: false });
    const { page } = visitor;
    await visitor.signIn("nadia", "/settings/profile");
    await page.getByLabel("Name", { exact: false }).first().fill("Nadia <b>Boulanger</b>");
    await page.getByLabel("About").fill("Teaches & conducts.");
    await main(page).getByRole("button", { name: "Save" }).click();
    expect(await page.getByRole("status").first().textContent()).toContain("saved");
    await visitor.goto("/nadia");
    expect(await main(page).textContent()).toContain("Nadia <b>Boulanger</b>");
    expect(await main(page).textContent()).toContain("Teaches & conducts.");
    await leave(visitor);
  });

  test("changing the password signs every other session out", async () => {
    await server().person("olga");
    const here = await visit();
    const elsewhere = await visit();
    await here.signIn("olga", "/settings/password");
    await elsewhere.signIn("olga");
    await here.page.getByLabel("Present password").fill(PASSWORD);
    await here.page.getByLabel("New password").fill("another long enough sentence");
    await here.page.getByRole("button", { name: "Change it" }).click();
    await here.page.getByRole("status").first().waitFor();
    expect(await here.goto("/settings/sessions")).toBe(200);
    expect(await here.page.locator(".lines > li").count()).toBe(1);
    await elsewhere.goto("/settings/sessions");
    expect(whereOf(elsewhere.page)).toStartWith("/sign-in");
    await leave(here, elsewhere);
  });

  test("a session can be ended from another one", async () => {
    await server().person("petra");
    const here = await visit({ script: false });
    const elsewhere = await visit();
    await elsewhere.signIn("petra");
    await here.signIn("petra", "/settings/sessions");
    expect(await here.page.locator(".lines > li").count()).toBe(2);
    expect(await here.page.locator(".lines b").first().textContent()).toMatch(/^Chrome on /);
    await main(here.page)
      .getByRole("button", { name: /^Sign out Chrome/ })
      .click();
    expect(await here.page.locator(".lines > li").count()).toBe(1);
    await elsewhere.goto("/dashboard");
    expect(whereOf(elsewhere.page)).toStartWith("/sign-in");
    await leave(here, elsewhere);
  });

  test("an API key is shown once, works, and dies when it is revoked", async () => {
    await server().person("quinn");
    const visitor = await visit();
    const { page } = visitor;
    await visitor.signIn("quinn", "/settings/api-keys");
    await page.getByLabel("What it is for").fill("CI <script>");
    await page.getByRole("button", { name: "Make the key" }).click();
    const secret = (await page.locator(".callout .command code").textContent())!.trim();
    expect(await flaws(visitor)).toEqual([]);
    const me = () => fetch(`${server().url}/api/v1/me`, { headers: { Authorization: `Bearer ${secret}` } });
    expect((await me()).status).toBe(200);

    await visitor.goto("/settings/api-keys");
    expect(await page.content()).not.toContain(secret);
    expect(await page.locator(".lines").textContent()).toContain("CI <script>");
    await page.getByText("Revoke…").click();
    await page.getByRole("button", { name: "Revoke it" }).click();
    await page.getByText("No API key yet").waitFor();
    expect((await me()).status).toBe(401);
    await leave(visitor);
  });
});
