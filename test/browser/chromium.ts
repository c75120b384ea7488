import { readFileSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

/** Chromium as root, without anything that would leave this machine. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** CHROMIUM names another one than the system's. */
export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

const AXE = readFileSync(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

/** What axe finds wrong with the page as it is drawn now, in words. */
export async function axe(page: Page): Promise<string[]> {
  const found = await page.evaluate(`(() => { ${AXE}; return axe.run(document, { resultTypes: ["violations"] }); })()`);
  const { violations } = found as { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] };
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((n) => `axe ${id}: ${n.html.slice(0, 160)} (${n.failureSummary.replace(/\s+/g, " ")})`),
  );
}
