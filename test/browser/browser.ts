import { afterAll, beforeAll, describe, expect } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { type Marketplace, PASSWORD, startMarketplace } from "../support/marketplace.ts";
import { axe, launch } from "./chromium.ts";

/** One person's browser window. */
export interface Visitor {
  page: Page;
  context: BrowserContext;
  /** Everything that went wrong in it so far: scripts, the content policy, requests to elsewhere. */
  problems: string[];
  goto(path: string): Promise<number>;
  signIn(username: string, next?: string): Promise<void>;
}

export interface VisitorOptions {
  script?: boolean;
  width?: number;
  scheme?: "light" | "dark";
  /** Reaches the server by its name, which passkeys need, in place of its address. */
  byName?: boolean;
}

async function openWindow(browser: Browser, address: string, options: VisitorOptions): Promise<Visitor> {
  const url = options.byName ? address.replace("127.0.0.1", "localhost") : address;
  const context = await browser.newContext({
    baseURL: url,
    viewport: { width: options.width ?? 1200, height: 900 },
    colorScheme: options.scheme ?? "light",
    javaScriptEnabled: options.script ?? true,
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    // A page that is not found or not allowed is what some tests ask for: Chromium logs its status.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text()))
      problems.push(`${page.url()}: console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`${page.url()}: script: ${error.message}`));
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url()))
      problems.push(`${page.url()}: request to ${request.url()}`);
  });
  return {
    page,
    context,
    problems,
    async goto(path) {
      const response = await page.goto(path, { waitUntil: "load" });
      return response?.status() ?? 0;
    },
    async signIn(username, next) {
      await page.goto(next === undefined ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`);
      await page.getByLabel("User name or e-mail").fill(username);
      await page.getByLabel("Password").fill(PASSWORD);
      await page.locator("main").getByRole("button", { name: "Sign in", exact: true }).click();
      await page.waitForURL((at) => at.pathname !== "/sign-in");
    },
  };
}

export interface House {
  server: () => Marketplace;
  /** Opens a window on the server that belongs to nobody yet. */
  visit(options?: VisitorOptions): Promise<Visitor>;
}

/** Runs a suite with one browser and one server, which it shares: give every test names of its own. */
export function inBrowser(name: string, suite: (house: House) => void): void {
  describe(name, () => {
    const folder = mkdtempSync(join(tmpdir(), "marketplace-browser-"));
    let browser: Browser | undefined;
    let server: Marketplace | undefined;
    beforeAll(async () => {
      const location = { url: "", path: join(folder, "marketplace.db") };
      [browser, server] = await Promise.all([launch(), startMarketplace({ engine: "sqlite", location })]);
    }, 60_000);
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
      rmSync(folder, { recursive: true, force: true });
    }, 30_000);
    suite({ server: () => server!, visit: (options = {}) => openWindow(browser!, server!.url, options) });
  });
}

/** Closes the window, and fails when anything went wrong in it. */
export async function leave(...visitors: Visitor[]): Promise<void> {
  for (const visitor of visitors) await visitor.context.close();
  expect(visitors.flatMap((v) => v.problems)).toEqual([]);
}

/** What a page that is open must be in every setting: accessible in light and dark, and no wider than a telephone. */
export async function flaws({ page }: Visitor): Promise<string[]> {
  const wrong: string[] = [];
  const where = new URL(page.url()).pathname;
  const size = page.viewportSize()!;
  for (const scheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const problem of await axe(page)) wrong.push(`${where} (${scheme}): ${problem}`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 320, height: 640 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  if (width > 320) wrong.push(`${where}: ${width} px wide in a window of 320`);
  await page.setViewportSize(size);
  return wrong;
}
