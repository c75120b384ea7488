import { beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { judged } from "../support/marketplace.ts";
import { skill, type Files } from "../support/packages.ts";
import { flaws, inBrowser, leave } from "./browser.ts";

const NOTES = 24;
const prompt = (name: string): Files => ({
  [`${name}.prompt.md`]: `---\nname: ${name}\ndescription: Sorts the harvest of ${name}.\n---\nSort {{harvest}}.\n`,
});

const names = (page: Page): Promise<string[]> =>
  page.locator(".results .row-name a").evaluateAll((links) => links.map((a) => a.textContent!.replace(/\s/g, "")));
const count = (page: Page): Promise<string | null> => page.locator("#results-count b").textContent();

inBrowser("searching in a browser", ({ server, visit }) => {
  beforeAll(async () => {
    const vera = await server().person("vera");
    const refs: [string, string][] = [];
    const put = async (slug: string, files: Files) => {
      const response = await vera.put(`vera/${slug}`, "1.0.0", files);
      if (response.status !== 201) throw new Error(await response.text());
      refs.push([`vera/${slug}`, "1.0.0"]);
    };
    await put("apple-press", skill("apple-press", { description: "Presses apples into cider.", tags: ["cider"] }));
    await put("pear-press", skill("pear-press", { description: "Presses pears.", license: "Apache-2.0" }));
    await put("plum-sorter", prompt("plum-sorter"));
    for (let i = 0; i < NOTES; i++) await put(`field-note-${i}`, skill(`field-note-${i}`, { tags: ["note"] }));
    for (const [ref, version] of refs) await judged(vera, ref, version);
    await server().app.discovery.indexer.sync();
  }, 60_000);

  test("results change while somebody types, and the address follows", async () => {
    const visitor = await visit();
    const { page } = visitor;
    await visitor.goto("/");
    await page.keyboard.press("/");
    await page.keyboard.type("press");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/search?q=press*");
    expect((await names(page)).toSorted()).toEqual(["vera/apple-press", "vera/pear-press"]);

    await page.keyboard.press("/");
    expect(await page.evaluate(() => document.activeElement!.id)).toBe("search-text");
    await page.keyboard.type("apple");
    await page.waitForURL(/[?&]q=apple(&|$)/);
    await page.waitForFunction(() => document.querySelectorAll(".results .row").length === 1);
    expect(await names(page)).toEqual(["vera/apple-press"]);
    // The field was not drawn again under the typing hand.
    expect(await page.evaluate(() => document.activeElement!.id)).toBe("search-text");
    expect(await page.locator("#search-text").inputValue()).toBe("apple");

    await page.locator(".row-name a").click();
    await page.waitForURL("**/vera/apple-press");
    await page.goBack();
    await page.waitForURL(/[?&]q=apple(&|$)/);
    expect(await names(page)).toEqual(["vera/apple-press"]);
    expect(await page.locator("#search-text").inputValue()).toBe("apple");
    await leave(visitor);
  });

  test("a typing error is forgiven, and nothing found says what to do", async () => {
    const visitor = await visit();
    await visitor.goto("/search?q=aple+pres");
    expect(await names(visitor.page)).toContain("vera/apple-press");
    await visitor.goto("/search?q=zzzzqqqq");
    expect(await visitor.page.locator(".empty").textContent()).toContain("Nothing matches this search");
    expect(await flaws(visitor)).toEqual([]);
    await leave(visitor);
  });

  for (const script of [true, false])
    test(`facets and sort ${script ? "with" : "without"} a script`, async () => {
      const visitor = await visit({ script });
      const { page } = visitor;
      const apply = async (until: RegExp) => {
        if (!script) await page.getByRole("button", { name: "Apply" }).click();
        await page.waitForURL(until);
      };
      await visitor.goto("/search");
      expect(await count(page)).toBe(`${NOTES + 3} assets`);
      await page.getByLabel(/^Prompts/).check();
      await apply(/type=prompt/);
      await page.getByText("1 asset", { exact: true }).waitFor();
      expect(await names(page)).toEqual(["vera/plum-sorter"]);
      expect(await page.getByLabel(/^Prompts/).isChecked()).toBe(true);

      await page.getByLabel(/^Prompts/).uncheck();
      await apply(/^(?!.*type=)/);
      await page.getByText(`${NOTES + 3} assets`, { exact: true }).waitFor();
      await page.getByLabel(/^Apache-2\.0/).check();
      await apply(/license=Apache/);
      await page.locator(".results .row-name", { hasText: "pear-press" }).waitFor();
      await page.waitForFunction(() => document.querySelectorAll(".results .row").length === 1);

      await page.getByLabel("Sort by").selectOption("recent");
      await apply(/sort=recent/);
      expect(await page.getByLabel("Sort by").inputValue()).toBe("recent");
      expect(await names(page)).toEqual(["vera/pear-press"]);
      await leave(visitor);
    });

  test("a tag is a filter too, and pages follow each other without losing it", async () => {
    const visitor = await visit({ script: false });
    const { page } = visitor;
    await visitor.goto("/search?sort=recent");
    await page.getByLabel(/^note/).check();
    await page.getByRole("button", { name: "Apply" }).click();
    await page.getByText(`${NOTES} assets`, { exact: true }).waitFor();
    const first = await names(page);
    await page.getByRole("link", { name: "Next" }).click();
    await page.waitForURL(/page=2/);
    const second = await names(page);
    expect(new Set([...first, ...second]).size).toBe(NOTES);
    expect(page.url()).toContain("tag=note");
    await page.goBack();
    expect(await names(page)).toEqual(first);
    await leave(visitor);
  });

  test("keys: `?` lists them, Escape closes, `g h` goes home, and a field keeps what is typed into it", async () => {
    const visitor = await visit();
    const { page } = visitor;
    await visitor.goto("/docs");
    await page.keyboard.press("?");
    expect(await page.locator("#shortcuts").isVisible()).toBe(true);
    expect(await flaws(visitor)).toEqual([]);
    await page.keyboard.press("Escape");
    expect(await page.locator("#shortcuts").isVisible()).toBe(false);
    await page.keyboard.press("/");
    await page.keyboard.type("g?/h");
    expect(await page.locator("#q").inputValue()).toBe("g?/h");
    expect(await page.locator("#shortcuts").isVisible()).toBe(false);
    await page.locator("#q").blur();
    await page.keyboard.press("g");
    await page.keyboard.press("h");
    await page.waitForURL("**/");
    await leave(visitor);
  });
});
