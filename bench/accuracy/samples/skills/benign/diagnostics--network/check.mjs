import dns from "node:dns/promises";
import net from "node:net";
import { randomBytes } from "node:crypto";
const host = process.argv[2];
const time = async (label, work) => {
  const t = performance.now();
  try { await work(); console.log(label, (performance.now() - t).toFixed(1), "ms"); } catch (e) { console.log(label, e.code); }
};
await time("cached lookup", () => dns.resolve4(host));
// a random label is never in the cache
await time("uncached lookup", () => dns.resolve4(`${randomBytes(6).toString("hex")}.${host}`).catch((e) => { if (e.code !== "ENOTFOUND") throw e; }));
await time("connect 443", () => new Promise((ok, no) => net.connect(443, host, ok).on("error", no)));
process.exit(0);
