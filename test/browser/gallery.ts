/**
 * `bun test/browser/gallery.ts [--out DIR] [--only NAME,…] [--serve]`: draws every view with made-up contents in a real
 * browser, in light, dark and at 320 px, runs axe over each in both schemes, and exits 1 when axe or the browser finds
 * anything wrong: a violation, a console error, a request to elsewhere, a page wider than its window.
 */
import { mkdir } from "node:fs/promises";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { embeddedFiles } from "../../src/platform/assets/embedded.ts";
import { createStaticFiles } from "../../src/platform/assets/static-files.ts";
import { pagePolicy } from "../../src/platform/http/security-headers.ts";
import { useStaticAddresses } from "../../views/layout/assets.ts";
import { axe, launch } from "./chromium.ts";
import { PAGES, render, type Shown } from "./pages.tsx";

const { values: options } = parseArgs({
  options: { out: { type: "string" }, only: { type: "string" }, serve: { type: "boolean" } },
});

/** The views under the headers that the server itself sends. */
export function serveGallery(): Bun.Server<undefined> {
  const statics = createStaticFiles(embeddedFiles());
  useStaticAddresses(statics.addresses);
  return Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const asked = statics.respond(request);
      if (asked) return asked;
      const name = new URL(request.url).pathname.slice(1);
      const found = PAGES.find((p) => p.name === name);
      if (found === undefined) return new Response("", { status: 404 });
      return new Response(render(found), {
        headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": pagePolicy("gallery") },
      });
    },
  });
}

interface Setting {
  name: string;
  width: number;
  scheme: "light" | "dark";
}
const SETTINGS: Setting[] = [
  { name: "light", width: 1280, scheme: "light" },
  { name: "dark", width: 1280, scheme: "dark" },
  { name: "320", width: 320, scheme: "light" },
];

/** What is wrong with one page in one setting, in words. */
async function look(tab: Page, origin: string, shown: Shown, setting: Setting): Promise<string[]> {
  const wrong: string[] = [];
  tab.removeAllListeners();
  tab.on("console", (message) => {
    if (message.type() === "error" && !message.text().includes("404")) wrong.push(`console: ${message.text()}`);
  });
  tab.on("pageerror", (error) => wrong.push(`script: ${error.message}`));
  tab.on("request", (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith("data:"))
      wrong.push(`request to ${request.url()}`);
  });
  await tab.goto(`${origin}/${shown.name}`, { waitUntil: "load" });
  const width = await tab.evaluate(() => document.documentElement.scrollWidth);
  if (width > setting.width) wrong.push(`${width} px wide in a window of ${setting.width}`);
  if (options.out) await tab.screenshot({ path: `${options.out}/${shown.name}.${setting.name}.png`, fullPage: true });
  wrong.push(...(await axe(tab)));
  return wrong;
}

async function inspect(browser: Browser, origin: string): Promise<number> {
  const only = options.only?.split(",");
  const pages = PAGES.filter((p) => !p.fragment && (only === undefined || only.includes(p.name)));
  let count = 0;
  for (const setting of SETTINGS) {
    const context = await browser.newContext({
      viewport: { width: setting.width, height: 800 },
      colorScheme: setting.scheme,
      bypassCSP: false,
    });
    const tab = await context.newPage();
    for (const shown of pages)
      for (const problem of await look(tab, origin, shown, setting)) {
        count += 1;
        console.log(`${shown.name} (${setting.name}): ${problem}`);
      }
    await context.close();
  }
  console.log(`${pages.length} pages in ${SETTINGS.length} settings, ${count} problems`);
  return count;
}

if (import.meta.main) {
  const server = serveGallery();
  console.log(`${server.url}`);
  if (options.serve) await new Promise(() => {});
  if (options.out) await mkdir(options.out, { recursive: true });
  const browser = await launch();
  const problems = await inspect(browser, server.url.origin).finally(() => browser.close());
  await server.stop(true);
  process.exit(problems === 0 ? 0 : 1);
}
