import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { KINDS, type Kind, SEVERITIES, type Severity } from "../src/core/kind.ts";
import { completeReport, DEFAULT_POLICY_SETTINGS, judge, policyOf } from "../src/modules/compliance/policy.ts";
import { createFilesystemBlobStore } from "../src/platform/blobs/filesystem.ts";
import { createScanEngine } from "../src/platform/scanning/engine.ts";
import type { Finding, ScanFile } from "../src/platform/scanning/scanner.ts";
import { spawnWorker } from "../src/platform/workers/spawn-worker.ts";

// How well the scanners tell harm from harmlessness, on samples that lie outside of this repository.
//   bun bench/accuracy.ts --labelled FOLDER   prompts.json ([{text, label}]) and <kind>s/{malicious,benign}/ in it
//   bun bench/accuracy.ts FOLDER…             verdicts over a folder of assets; its name says their kind (skills, plugins …)
//   --show SEVERITY                           prints findings of that severity and above; --missed prints what was missed

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { labelled: { type: "string" }, show: { type: "string", default: "high" }, missed: { type: "boolean" } },
});

interface Sample {
  name: string;
  kind: Kind;
  files: { path: string; bytes: Uint8Array }[];
}
interface Result {
  findings: Finding[];
  verdict: "passed" | "review" | "blocked";
  elapsedMs: number;
}

const root = await mkdtemp(join(tmpdir(), "accuracy-"));
const blobs = createFilesystemBlobStore({ root });
const engine = createScanEngine({
  workers: Math.max(1, availableParallelism() - 1),
  spawn: () => spawnWorker("scan"),
  settings: { blobs: { kind: "filesystem", root }, licences: { allow: [], deny: [] }, yaraRules: [] },
});
const policy = policyOf(DEFAULT_POLICY_SETTINGS);
const rankOf = (severity: Severity): number => SEVERITIES.indexOf(severity);
const elapsed = new Map<string, number[]>();

async function scan(sample: Sample): Promise<Result> {
  const files: ScanFile[] = [];
  for (const { path, bytes } of sample.files) {
    const { digest, size } = await blobs.put(bytes);
    files.push({ path, size, digest, mediaType: "application/octet-stream", executable: false });
  }
  const started = performance.now();
  const report = await engine.scan({ kind: sample.kind, license: null, files }, new AbortController().signal);
  const elapsedMs = performance.now() - started;
  for (const outcome of report.outcomes) {
    const times = elapsed.get(outcome.scanner) ?? [];
    times.push(outcome.elapsedMs);
    elapsed.set(outcome.scanner, times);
  }
  const whole = completeReport(report, engine.scanners());
  if ("incomplete" in whole) throw new Error(`${sample.name}: ${whole.incomplete.reason}`);
  const { verdict } = judge(whole.complete, policy, { signed: true, owner: null, increase: null });
  return { findings: report.findings, verdict, elapsedMs };
}

function show(sample: Sample, findings: Finding[]): void {
  const least = rankOf(values.show as Severity);
  for (const finding of findings.filter((candidate) => rankOf(candidate.severity) >= least)) {
    const place = `${sample.name}/${finding.path ?? ""}:${finding.line ?? ""}`;
    console.log(`    ${finding.severity} ${finding.ruleId} ${place}\n      ${finding.excerpt.slice(0, 160)}`);
  }
}

/** Precision, recall and F1 of each scanner and of all together, counting findings of each least severity. */
async function measure(title: string, samples: (Sample & { harmful: boolean })[]): Promise<void> {
  const results: { sample: (typeof samples)[number]; result: Result }[] = [];
  for (const sample of samples) results.push({ sample, result: await scan(sample) });
  const harmful = samples.filter((sample) => sample.harmful).length;
  console.log(`\n${title}: ${harmful} harmful, ${samples.length - harmful} harmless`);
  console.log("  scanner             at least  found  false  precision  recall     F1");
  for (const scanner of [...engine.scanners().map(({ name }) => name), "all"]) {
    for (const least of ["info", "low", "medium", "high", "critical"] as const) {
      const flagged = results.filter(({ result }) =>
        result.findings.some(
          (finding) =>
            (scanner === "all" ? finding.scanner !== "licence-policy" : finding.scanner === scanner) &&
            rankOf(finding.severity) >= rankOf(least),
        ),
      );
      const found = flagged.filter(({ sample }) => sample.harmful).length;
      if (flagged.length === 0) continue;
      const precision = found / flagged.length;
      const recall = found / harmful;
      const f1 = found === 0 ? 0 : (2 * precision * recall) / (precision + recall);
      const numbers = [precision, recall, f1].map((number) => number.toFixed(3).padStart(9)).join("");
      console.log(
        `  ${scanner.padEnd(19)} ${least.padEnd(8)} ${String(found).padStart(6)} ${String(flagged.length - found).padStart(6)}${numbers}`,
      );
    }
  }
  for (const { sample, result } of results) {
    const wrong = sample.harmful ? result.verdict === "passed" : result.verdict !== "passed";
    if (!wrong || (sample.harmful && !values.missed)) continue;
    console.log(
      `  ${sample.harmful ? "missed" : "false alarm"}: ${sample.name} ${sample.kind === "prompt" ? JSON.stringify(Buffer.from(sample.files[0]!.bytes).toString().slice(0, 120)) : ""}`,
    );
    show(sample, result.findings);
  }
}

async function labelled(folder: string): Promise<void> {
  for (const name of (await readdir(folder)).sort()) {
    if (name === "prompts.json") {
      const prompts: { text: string; label: boolean }[] = JSON.parse(await readFile(join(folder, name), "utf8"));
      await measure(
        "prompts",
        prompts.map(({ text, label }, i) => ({
          name: `prompt ${i}`,
          kind: "prompt",
          harmful: label,
          files: [{ path: "prompt.txt", bytes: Buffer.from(text) }],
        })),
      );
      continue;
    }
    const samples: (Sample & { harmful: boolean })[] = [];
    for (const label of ["malicious", "benign"]) {
      for (const file of (await readdir(join(folder, name, label))).sort()) {
        const bytes = await readFile(join(folder, name, label, file));
        samples.push({
          name: file,
          kind: kindOf(name),
          harmful: label === "malicious",
          files: [{ path: "SKILL.md", bytes }],
        });
      }
    }
    await measure(name, samples);
  }
}

const kindOf = (folder: string): Kind => KINDS.find((kind) => `${kind}s` === folder || kind === folder) ?? "skill";

async function verdicts(folder: string): Promise<void> {
  const counts = { passed: 0, review: 0, blocked: 0 };
  const times: number[] = [];
  let bytes = 0;
  console.log(`\n${folder}`);
  for (const name of (await readdir(folder)).sort()) {
    const path = join(folder, name);
    const names = (await stat(path)).isDirectory()
      ? (await readdir(path, { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
      : [""];
    const files = await Promise.all(
      names.sort().map(async (file) => ({ path: file || name, bytes: await readFile(join(path, file)) })),
    );
    const sample = { name, kind: kindOf(basename(folder)), files };
    const result = await scan(sample);
    counts[result.verdict]++;
    times.push(result.elapsedMs);
    for (const file of files) bytes += file.bytes.length;
    if (result.verdict !== "passed") console.log(`  ${result.verdict}: ${name}`);
    show(sample, result.findings);
  }
  const total = times.reduce((sum, time) => sum + time, 0);
  console.log(
    `  ${JSON.stringify(counts)}; ${(bytes / 1e6).toFixed(2)} MB in ${(total / 1000).toFixed(2)} s; a scan: ${spread(times)}`,
  );
}

function spread(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`;
}

try {
  if (values.labelled) await labelled(values.labelled);
  for (const folder of positionals) await verdicts(folder);
  console.log("\ntime a scanner took over one version");
  for (const [scanner, times] of elapsed) console.log(`  ${scanner.padEnd(19)} ${spread(times)}`);
} finally {
  await engine.close();
  await rm(root, { recursive: true, force: true });
}
