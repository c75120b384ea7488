import { expect, test } from "bun:test";
import { generateSync } from "otplib";
import type { Page } from "playwright-core";
import { PASSWORD } from "../support/marketplace.ts";
import { flaws, inBrowser, leave, type Visitor } from "./browser.ts";

const main = (page: Page) => page.locator("main");
const whereOf = (page: Page): string => page.url().slice(new URL(page.url()).origin.length);

/** A security key that Chromium plays, with a person who gives the PIN at once; answers how to take it away. */
async function plugIn({ page, context }: Visitor, options: { hasResidentKey?: boolean } = {}) {
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  const { authenticatorId } = await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "usb",
      hasResidentKey: options.hasResidentKey ?? true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    credentials: async () => (await devtools.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
    remove: () => devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId }),
  };
}

async function signOut(page: Page): Promise<void> {
  await page.locator(".menu summary").click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("link", { name: "Sign in" }).waitFor();
}

const givePassword = async (page: Page, username: string): Promise<void> => {
  await page.getByLabel("User name or e-mail").fill(username);
  await page.getByLabel("Password").fill(PASSWORD);
  await main(page).getByRole("button", { name: "Sign in", exact: true }).click();
};

inBrowser("second factors in a browser", ({ server, visit }) => {
  test("a passkey is added, signs in without a password, stands in as second factor, proves again, and goes", async () => {
    await server().person("iris");
    const visitor = await visit({ byName: true });
    const { page } = visitor;
    const key = await plugIn(visitor);
    await visitor.signIn("iris", "/settings/security");
    expect(await flaws(visitor)).toEqual([]);
    await page.getByLabel("Name", { exact: true }).fill("The key on my ring");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByRole("heading", { name: "Recovery codes" }).waitFor();
    expect(await page.locator(".codes li").count()).toBe(10);
    expect(await flaws(visitor)).toEqual([]);
    expect((await key.credentials()).map((one) => one.rpId)).toEqual(["localhost"]);
    await page.getByRole("link", { name: "I have kept them" }).click();
    expect(await page.locator(".lines").textContent()).toContain("The key on my ring");
    expect(await flaws(visitor)).toEqual([]);

    await signOut(page);
    await visitor.goto("/sign-in?next=/settings/security");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.waitForURL("**/settings/security");

    await signOut(page);
    await visitor.goto("/sign-in?next=/settings/security");
    await givePassword(page, "iris");
    await page.waitForURL("**/sign-in/two-factor");
    expect(await flaws(visitor)).toEqual([]);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.waitForURL("**/settings/security");

    await visitor.goto("/sudo?next=/settings/security");
    expect(await flaws(visitor)).toEqual([]);
    await page.getByRole("button", { name: "Use a passkey" }).click();
    await page.waitForURL("**/settings/security");
    await page.getByText("Remove…").click();
    await page.getByRole("button", { name: "Remove it" }).click();
    await page.locator(".lines").waitFor({ state: "detached" });

    await signOut(page);
    await visitor.goto("/sign-in");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.getByRole("alert").getByText("could not be checked").waitFor();
    await leave(visitor);
  });

  test("without a key the page says so, and goes on working", async () => {
    const visitor = await visit({ byName: true });
    const { page } = visitor;
    const key = await plugIn(visitor);
    await visitor.goto("/sign-in");
    await page.getByRole("button", { name: "Sign in with a passkey" }).click();
    await page.locator("[data-problem]").getByText("Nothing was chosen").waitFor();
    await key.remove();
    await server().person("jonas");
    await givePassword(page, "jonas");
    await page.waitForURL("**/");
    await leave(visitor);
  });

  test("an authenticator app is enrolled and asked for, without a script", async () => {
    await server().person("kira");
    const visitor = await visit({ script: false });
    const { page } = visitor;
    await visitor.signIn("kira", "/settings/security");
    expect(await page.getByRole("button", { name: "Add a passkey" }).isVisible()).toBe(false);
    await page.getByRole("button", { name: "Add an authenticator app" }).click();
    const secret = (await page.locator(".qr-text code").textContent())!.replaceAll(" ", "");
    expect(await page.locator("svg.qr").boundingBox()).toMatchObject({ width: 240, height: 240 });
    await page.getByLabel("Code", { exact: true }).fill("000000");
    await page.getByRole("button", { name: "Turn it on" }).click();
    await page.locator(".field-problem").waitFor();
    expect((await page.locator(".qr-text code").textContent())!.replaceAll(" ", "")).toBe(secret);
    const used = generateSync({ secret });
    await page.getByLabel("Code", { exact: true }).fill(used);
    await page.getByRole("button", { name: "Turn it on" }).click();
    const codes = await page.locator(".codes li").allTextContents();
    expect(codes).toHaveLength(10);

    await signOut(page);
    await visitor.goto("/sign-in?next=/settings/sessions");
    await givePassword(page, "kira");
    expect(whereOf(page)).toBe("/sign-in/two-factor");
    await page.getByLabel("Code", { exact: true }).fill(used);
    await main(page).getByRole("button", { name: "Sign in" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("The code is wrong, or was used before");
    await page.getByLabel("Code", { exact: true }).fill(codes[0]!.toUpperCase());
    await main(page).getByRole("button", { name: "Sign in" }).click();
    expect(whereOf(page)).toBe("/settings/sessions");
    expect(await page.locator(".lines").textContent()).toContain("two factors");
    await leave(visitor);
  });
});
