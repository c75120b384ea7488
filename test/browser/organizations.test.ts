import { expect, test } from "bun:test";
import { publish } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";
import { flaws, inBrowser, leave } from "./browser.ts";

inBrowser("organizations in a browser", ({ server, visit }) => {
  for (const script of [true, false])
    test(`make one, invite, share, rename and delete, ${script ? "with" : "without"} a script`, async () => {
      const end = script ? "a" : "b";
      const [org, renamed] = [`org-${end}`, `new-${end}`];
      const ann = await server().person(`ann-${end}`);
      await server().person(`bob-${end}`);
      const owner = await visit({ script });
      const guest = await visit({ script });
      await owner.signIn(`ann-${end}`);
      await owner.goto("/organizations");
      await owner.page.getByRole("link", { name: "New organization" }).click();
      await owner.page.getByLabel("Name", { exact: true }).fill("settings");
      await owner.page.getByRole("button", { name: "Make it" }).click();
      await owner.page.getByText("is reserved").waitFor();
      await owner.page.getByLabel("Name", { exact: true }).fill(org);
      await owner.page.getByRole("button", { name: "Make it" }).click();
      await owner.page.waitForURL(`**/${org}`);

      await owner.goto(`/organizations/${org}/invitations`);
      await owner.page.getByRole("button", { name: "Invite" }).click();
      const link = await owner.page.locator(".notice code").textContent();
      await guest.goto(new URL(link!).pathname);
      if (script) expect(await flaws(guest)).toEqual([]);
      await guest.signIn(`bob-${end}`, new URL(link!).pathname);
      await guest.page.getByRole("button", { name: "Join" }).click();
      await guest.page.waitForURL(`**/${org}`);
      expect(await guest.page.getByText("You are member").isVisible()).toBe(true);

      await guest.goto("/publish");
      expect(await guest.page.getByLabel("Namespace").locator("option").allTextContents()).toEqual([`bob-${end}`, org]);

      await owner.goto(`/organizations/${org}/teams`);
      await owner.page.getByLabel("Short name").fill("core");
      await owner.page.getByRole("button", { name: "Make the team" }).click();
      await owner.page.getByLabel("User name").fill(`bob-${end}`);
      await owner.page.getByRole("button", { name: "Add" }).click();
      await owner.page.getByRole("link", { name: `bob-${end}` }).waitFor();

      await publish(server(), ann, `${org}/tool`, "1.0.0", skill("tool"), { visibility: "private" });
      await owner.goto(`/${org}/tool/settings`);
      await owner.page.getByLabel("Right of core", { exact: true }).selectOption("read");
      await owner.page.getByRole("button", { name: "Save the right of core" }).click();
      await owner.page.getByText("Saved.").waitFor();
      expect(await guest.goto(`/${org}/tool`)).toBe(200);

      await owner.goto(`/organizations/${org}/members`);
      await owner.page.getByRole("button", { name: `Remove bob-${end}` }).click();
      await owner.page.getByText("Saved.").waitFor();
      expect(await guest.goto(`/${org}/tool`)).toBe(404);

      await owner.goto(`/organizations/${org}/danger`);
      await owner.page.getByLabel("New name").fill(renamed);
      await owner.page.getByRole("button", { name: "Rename" }).click();
      await owner.page.waitForURL(`**/${renamed}`);
      await owner.goto(`/${org}/tool`);
      expect(new URL(owner.page.url()).pathname).toBe(`/${renamed}/tool`);
      await owner.goto(`/organizations/${renamed}/danger`);
      await owner.page.getByText("Delete…").click();
      await owner.page.getByLabel("Assets", { exact: true }).selectOption("delete");
      await owner.page.getByRole("button", { name: "Delete the organization" }).click();
      await owner.page.waitForURL("**/organizations?done");
      expect(await owner.goto(`/${renamed}`)).toBe(404);
      await leave(owner, guest);
    }, 60_000);
});
