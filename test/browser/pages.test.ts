import { beforeAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { fillDemo } from "../../src/demo/fill-demo.ts";
import { flaws, inBrowser, leave, type Visitor } from "./browser.ts";

const READER: [path: string, status: number][] = [
  ["/", 200],
  ["/search", 200],
  ["/search?q=review&type=skill", 200],
  ["/categories/writing", 200],
  ["/tags/git", 200],
  ["/examples", 200],
  ["/examples/changelog-writer", 200],
  ["/examples/changelog-writer/files", 200],
  ["/examples/changelog-writer/files/1.2.0/SKILL.md?view=source", 200],
  ["/examples/changelog-writer/versions", 200],
  ["/examples/release-manager/dependencies", 200],
  ["/examples/changelog-writer/security", 200],
  ["/examples/ticket-tone-lora", 200],
  ["/publish/examples/changelog-writer/1.2.0", 200],
  ["/docs", 200],
  ["/docs/api", 200],
  ["/sign-in", 200],
  ["/register", 200],
  ["/nobody/nothing", 404],
  ["/examples/workstation-setup", 404],
];
const ADMINISTRATOR: [path: string, status: number][] = [
  ["/dashboard", 200],
  ["/publish", 200],
  ["/settings/profile", 200],
  ["/settings/password", 200],
  ["/settings/sessions", 200],
  ["/settings/api-keys", 200],
  ["/settings/signing-keys", 200],
  ["/examples/changelog-writer/settings", 200],
  ["/examples/workstation-setup/security", 200],
  ["/moderation", 200],
  ["/moderation?state=changes", 200],
  ["/moderation/reports", 200],
  ["/settings/reports", 200],
  ["/examples/changelog-writer/report", 200],
  ["/admin", 200],
];

/** How far things moved after they were first drawn: the sum of layout shifts, as browsers reckon it. */
const SHIFT = `
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
`;

async function look(visitor: Visitor, path: string, status: number): Promise<string[]> {
  const wrong: string[] = [];
  const answered = await visitor.goto(path);
  if (answered !== status) wrong.push(`${path}: ${answered} instead of ${status}`);
  await visitor.page.evaluate("document.fonts.ready.then(() => {})");
  const shift = await visitor.page.evaluate<number>("window.shift");
  if (shift > 0.01) wrong.push(`${path}: moved by ${shift}`);
  return [...wrong, ...(await flaws(visitor))];
}

/** Bytes that came over the wire for a page in a window that has seen nothing before. */
async function weigh(visitor: Visitor, path: string): Promise<number> {
  const devtools = await visitor.context.newCDPSession(visitor.page);
  let bytes = 0;
  devtools.on("Network.loadingFinished", (event) => {
    bytes += event.encodedDataLength;
  });
  await devtools.send("Network.enable");
  await visitor.page.goto(path, { waitUntil: "networkidle" });
  return bytes;
}

/** Goes through the page with Tab and answers what took the focus without showing it. */
async function unseenFocus(page: Page, most: number): Promise<string[]> {
  const unseen: string[] = [];
  for (let i = 0; i < most; i++) {
    await page.keyboard.press("Tab");
    const found = await page.evaluate(() => {
      const focused = document.activeElement;
      if (!focused || focused === document.body) return "";
      const drawn = (element: Element | null): boolean => {
        if (!element) return false;
        const style = getComputedStyle(element);
        return (
          (style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none"
        );
      };
      // A hidden input shows it on its label, a field on the frame around it.
      const seen =
        drawn(focused) || drawn(focused.nextElementSibling) || drawn(focused.closest("label, form, fieldset"));
      return seen ? "seen" : focused.outerHTML.slice(0, 120);
    });
    if (found === "") break;
    if (found !== "seen") unseen.push(found);
  }
  return unseen;
}

inBrowser("every page in a browser", ({ server, visit }) => {
  beforeAll(async () => {
    await server().person("root-of-all", "admin");
    await fillDemo(server().app, server().app.log);
    await server().app.discovery.indexer.sync();
  }, 90_000);

  test("a reader's pages: accessible in light and dark, nothing moves, nothing is too wide", async () => {
    const visitor = await visit();
    await visitor.context.addInitScript(SHIFT);
    const wrong: string[] = [];
    for (const [path, status] of READER) wrong.push(...(await look(visitor, path, status)));
    expect(wrong).toEqual([]);
    await leave(visitor);
  }, 120_000);

  test("an administrator's pages: the same", async () => {
    const visitor = await visit();
    await visitor.signIn("root-of-all");
    await visitor.context.addInitScript(SHIFT);
    const wrong: string[] = [];
    for (const [path, status] of ADMINISTRATOR) wrong.push(...(await look(visitor, path, status)));
    await visitor.goto("/moderation");
    const review = await visitor.page.locator(".row-name a").first().getAttribute("href");
    wrong.push(...(await look(visitor, review!, 200)));
    expect(wrong).toEqual([]);
    await leave(visitor);
  }, 120_000);

  test("who may not see a page is told so, and what to do", async () => {
    await server().person("plain");
    const visitor = await visit();
    await visitor.signIn("plain");
    await visitor.context.addInitScript(SHIFT);
    const wrong = [...(await look(visitor, "/moderation", 403)), ...(await look(visitor, "/admin", 403))];
    expect(wrong).toEqual([]);
    expect(await visitor.page.locator(".error-id code").textContent()).toMatch(/^[0-9a-f-]{36}$/);
    await leave(visitor);
  });

  test("the first page weighs at most 60 KB with everything", async () => {
    for (const path of ["/", "/search", "/examples/changelog-writer"]) {
      const visitor = await visit();
      expect(await weigh(visitor, path)).toBeLessThan(60_000);
      await leave(visitor);
    }
  });

  test("the focus can be seen wherever Tab goes, and the first stop skips to the content", async () => {
    const visitor = await visit();
    for (const path of ["/", "/search", "/examples/changelog-writer", "/sign-in"]) {
      await visitor.goto(path);
      // Chrome begins after a field that focuses itself.
      await visitor.page.locator("body").evaluate((body) => {
        (document.activeElement as HTMLElement).blur();
        body.prepend(Object.assign(document.createElement("span"), { tabIndex: -1, id: "before" }));
        document.getElementById("before")!.focus();
      });
      expect({ path, unseen: await unseenFocus(visitor.page, 30) }).toEqual({ path, unseen: [] });
    }
    await visitor.goto("/docs");
    await visitor.page.keyboard.press("Tab");
    expect(await visitor.page.evaluate(() => document.activeElement!.textContent!.trim())).toBe("Skip to the content");
    await visitor.page.keyboard.press("Enter");
    expect(await visitor.page.evaluate(() => document.activeElement!.id)).toBe("main");
    await leave(visitor);
  });
});
