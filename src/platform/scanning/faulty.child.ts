import type { Finding } from "./scanner.ts";
import { serveScans } from "./scan-thread.ts";
import type { ThreadScanner } from "./standard-scanners.ts";

// A scanning thread whose scanners go wrong in every way there is; started by engine.test.ts.

declare const self: Worker;

const finding = (excerpt: string): Finding => ({
  scanner: "clean",
  ruleId: "clean/seen",
  severity: "info",
  category: "test",
  path: null,
  line: null,
  column: null,
  excerpt,
  message: "Seen.",
  remedy: "None.",
});
const scanner = (name: string, scan: ThreadScanner["scan"]): ThreadScanner => ({ name, version: "1", scan });
const born = crypto.randomUUID();
let runs = 0;

const scanners: ThreadScanner[] = [
  scanner("clean", async () => [finding(`${born} ${++runs}`)]),
  scanner("reads", async (target) => {
    for (const file of target.files) await new Response(await target.open(file)).bytes();
    return [];
  }),
  scanner("throws", async () => {
    throw new Error("the scanner's own words");
  }),
  scanner("spins", async () => {
    for (;;);
  }),
  scanner("waits", () => new Promise(() => {})),
  scanner("dies", async () => process.exit(3)),
  scanner("crashes", () => {
    queueMicrotask(() => {
      throw new Error("outside of any promise");
    });
    return new Promise(() => {});
  }),
  { ...scanner("wears", async () => []), worn: () => true },
];

serveScans(self, (settings) => {
  if (settings.licences.deny.includes("start")) throw new Error("no scanners today");
  return {
    scanners,
    openBlob: async (digest) => (digest.endsWith("0") ? null : new Blob([digest]).stream()),
  };
});
