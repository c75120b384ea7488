import { beforeAll, expect, test } from "bun:test";
import { deflateSync } from "node:zlib";
import type { Page } from "playwright-core";
import { type Client, publish } from "../support/marketplace.ts";
import { skill } from "../support/packages.ts";
import { flaws, inBrowser, leave } from "./browser.ts";

/** A PNG of one colour. */
function png(side: number): Uint8Array {
  const chunk = (type: string, data: Uint8Array): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const framed = Buffer.alloc(body.length + 8);
    framed.writeUInt32BE(data.length, 0);
    body.copy(framed, 4);
    framed.writeUInt32BE(Bun.hash.crc32(body), body.length + 4);
    return framed;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2], 8);
  const pixels = deflateSync(Buffer.alloc(side * (side * 3 + 1), 0x60));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", new Uint8Array())]);
}

const README = `# Lantern

Lights the way. ![The lantern](assets/lantern.png) ![Far away](https://elsewhere.example/far.png)

See [the wick](references/wick.md#trim), [elsewhere](https://elsewhere.example/), or [below](#use).

## Use

| Oil | Hours |
| --- | --- |
| ${"rapeseed ".repeat(30)} | 9 |

\`\`\`sh
${"lantern --light ".repeat(20)}
\`\`\`
`;

const tab = (page: Page, name: RegExp) => page.locator(".tabs").getByRole("link", { name });

inBrowser("an asset in a browser", ({ server, visit }) => {
  let iris: Client;
  beforeAll(async () => {
    iris = await server().person("iris");
    await publish(server(), iris, "iris/wick", "1.2.0", skill("wick"));
    const files = {
      "assets/lantern.png": png(8),
      "references/wick.md": "# Wick\n\n## Trim\n\nShort.\n",
      "scripts/light.py": 'print("<light>")\n'.repeat(3),
      "data/oil.bin": new Uint8Array([0, 1, 2, 3]),
    };
    const needs = { "iris/wick": "^1.0.0" };
    const options = { body: README, files, needs, tags: ["light"], categories: [] };
    await publish(server(), iris, "iris/lantern", "1.0.0", skill("lantern", options));
    await publish(server(), iris, "iris/lantern", "1.1.0", skill("lantern", options), { changelog: "Brighter & <b>" });
  }, 60_000);

  test("overview: the README, with pictures of the version's own files alone", async () => {
    const visitor = await visit({ script: false });
    const { page } = visitor;
    expect(await visitor.goto("/iris/lantern")).toBe(200);
    const picture = page.getByAltText("The lantern");
    expect(await picture.evaluate((img: HTMLImageElement) => [img.complete, img.naturalWidth])).toEqual([true, 8]);
    expect(await page.locator(".prose").innerHTML()).not.toContain('src="https://elsewhere');
    const rel = await page.getByRole("link", { name: "elsewhere" }).first().getAttribute("rel");
    for (const word of ["nofollow", "noopener"]) expect(rel).toContain(word);
    await page.getByRole("link", { name: "the wick" }).click();
    await page.waitForURL("**/iris/lantern/files/1.1.0/references/wick.md#readme-trim");
    expect(await page.locator(".prose").textContent()).toContain("Short.");
    await leave(visitor);
  });

  test("the tabs without a script: files, a preview, versions, dependencies, security", async () => {
    const visitor = await visit({ script: false });
    const { page } = visitor;
    await visitor.goto("/iris/lantern");
    await tab(page, /Files/).click();
    await page.getByRole("link", { name: "light.py" }).click();
    expect(await page.locator("pre.code .line").first().textContent()).toContain('print("<light>")');
    await visitor.goto("/iris/lantern/files/1.1.0/SKILL.md?view=source");
    expect(await page.locator("pre.code").textContent()).toContain("name: lantern");
    await visitor.goto("/iris/lantern/files/1.1.0/data/oil.bin");
    expect(await page.locator("main").textContent()).toContain("This file is not text");

    await tab(page, /Versions/).click();
    expect(await page.locator(".version h2").allInnerTexts()).toEqual(["1.1.0", "1.0.0"]);
    expect(await page.locator(".changelog").textContent()).toContain("Brighter & <b>");
    await page.locator(".version h2 a", { hasText: "1.0.0" }).click();
    await page.getByRole("link", { name: "The latest is 1.1.0." }).click();
    await tab(page, /Dependencies/).click();
    expect(await page.locator(".tree-dependencies").textContent()).toContain("→ 1.2.0");
    await page.getByRole("link", { name: "iris/wick" }).click();
    await tab(page, /Dependencies/).click();
    expect(await page.locator("main .rows").textContent()).toContain("lantern");
    await visitor.goto("/iris/lantern/security");
    expect(await page.locator("main table.table tbody tr").count()).toBeGreaterThan(3);
    await leave(visitor);
  });

  test("a dependency that nobody gives is explained once", async () => {
    const needs = { "iris/nothing": "^1.0.0", "iris/wick": "^1.0.0" };
    await publish(server(), iris, "iris/torch", "1.0.0", skill("torch", { needs }));
    const visitor = await visit();
    await visitor.goto("/iris/torch/dependencies");
    const text = (await visitor.page.locator("main").textContent())!;
    expect(text.split("no asset iris/nothing").length - 1).toBe(1);
    expect(await flaws(visitor)).toEqual([]);
    await leave(visitor);
  });

  test("copying, and install lines that stay as chosen", async () => {
    const visitor = await visit();
    await visitor.context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: server().url });
    const { page } = visitor;
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    await visitor.goto("/iris/lantern");
    await page.getByRole("button", { name: "Copy the CLI command" }).click();
    await page.locator("#announce", { hasText: "Copied" }).waitFor({ state: "attached" });
    expect(await copied()).toBe("marketplace install iris/lantern");
    await page.getByRole("radio", { name: "curl" }).check();
    await visitor.goto("/iris/wick");
    const line = page.locator('.command[data-panel="curl"]');
    expect(await line.isVisible()).toBe(true);
    expect(await page.locator('.command[data-panel="cli"]').isVisible()).toBe(false);
    await line.getByRole("button").click();
    // What is shown can be run: it downloads this version.
    const address = /"(http[^"]+)"/.exec(await copied())![1]!;
    expect((await fetch(address)).status).toBe(200);
    await leave(visitor);
  });

  test("settings: details, channels, yank and undo", async () => {
    await publish(server(), iris, "iris/kettle", "1.0.0", skill("kettle"));
    await publish(server(), iris, "iris/kettle", "1.1.0", skill("kettle", { body: "# Hotter\n" }));
    const visitor = await visit({ script: false });
    const { page } = visitor;
    await visitor.signIn("iris", "/iris/kettle/settings");
    await page.getByLabel("Title").fill("A <kettle>");
    await page.getByLabel("Tags").fill("water, Heat");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    await page.locator("#field-channel").fill("steady");
    await page.locator("#field-version").selectOption("1.0.0");
    await page.getByRole("button", { name: "Set", exact: true }).click();
    await page.getByText("Saved.").waitFor();
    expect(await page.locator("dl.about").textContent()).toMatch(/steady\s*1\.0\.0/);
    await visitor.goto("/iris/kettle");
    expect(await page.locator(".chips").textContent()).toMatch(/heat[\s\S]*water|water[\s\S]*heat/);

    await visitor.goto("/iris/kettle/settings");
    const yank = page.getByRole("row", { name: "1.1.0" });
    await yank.locator("summary").click();
    await yank.getByLabel("Why").fill("Too <hot>");
    await yank.getByRole("button", { name: "Yank it" }).click();
    await page.waitForURL("**/iris/kettle/versions");
    expect(await page.locator(".version-yanked h2").allInnerTexts()).toEqual(["1.1.0"]);
    expect(await page.locator(".version-yanked").textContent()).toContain("Too <hot>");
    await visitor.goto("/iris/kettle");
    expect(await page.locator(".facts-head").textContent()).toContain("v1.0.0");
    await visitor.goto("/iris/kettle/settings");
    await page.getByRole("button", { name: "Take back the yank of 1.1.0" }).click();
    await page.waitForURL("**/iris/kettle/versions");
    expect(await page.locator(".version-yanked").count()).toBe(0);
    await leave(visitor);
  });

  test("settings: seen by nobody else, deprecated, deleted", async () => {
    await publish(server(), iris, "iris/pan", "1.0.0", skill("pan"));
    const owner = await visit();
    const reader = await visit();
    const { page } = owner;
    await owner.signIn("iris", "/iris/pan/settings");
    expect(await flaws(owner)).toEqual([]);
    await page.getByLabel("Who sees it").selectOption("private");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    for (const path of ["", "/versions", "/files/1.0.0/SKILL.md", "/settings"])
      expect(await reader.goto(`/iris/pan${path}`)).toBe(404);
    await page.getByLabel("Who sees it").selectOption("public");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    expect(await reader.goto("/iris/pan")).toBe(200);

    await page.getByText("Deprecate…").click();
    await page.locator(".lifecycle").getByLabel("Reason").fill("Use <iris/wok>.");
    await page.getByRole("button", { name: "Deprecate this asset" }).click();
    await page.waitForURL("**/iris/pan");
    await reader.goto("/iris/pan");
    expect(await reader.page.locator(".callout").textContent()).toContain("Use <iris/wok>.");

    await owner.goto("/iris/pan/settings");
    await page.getByText("Delete…").click();
    await page.getByRole("button", { name: "Delete this asset" }).click();
    await page.waitForURL("**/dashboard");
    expect(await page.locator("main").textContent()).not.toContain("iris/pan");
    expect(await reader.goto("/iris/pan")).toBe(404);
    await leave(owner, reader);
  });
});
