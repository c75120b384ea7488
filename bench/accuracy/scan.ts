import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { completeReport } from "../../src/modules/compliance/complete-report.ts";
import { judge, NOTHING_SPECIAL } from "../../src/modules/compliance/judge-report.ts";
import { DEFAULT_POLICY_SETTINGS, policyOf } from "../../src/modules/compliance/policy.ts";
import { createFilesystemBlobStore } from "../../src/platform/blobs/filesystem.ts";
import { createScanEngine } from "../../src/platform/scanning/engine.ts";
import type { Finding, ScanFile } from "../../src/platform/scanning/scanner.ts";
import { spawnWorker } from "../../src/platform/workers/spawn-worker.ts";
import type { Sample } from "./samples.ts";

export interface Result<S extends Sample = Sample> {
  sample: S;
  findings: Finding[];
  /** Of the default policy. */
  verdict: "passed" | "review" | "blocked";
  elapsedMs: number;
}

export interface Bench {
  scanners: string[];
  /** Scans with every standard scanner; throws when one of them does not complete. */
  scan<S extends Sample>(sample: S): Promise<Result<S>>;
  /** Scans all, as many at once as there are threads; results in the order of the samples. */
  scanAll<S extends Sample>(samples: readonly S[]): Promise<Result<S>[]>;
  /** Milliseconds that each scanner took, per scan. */
  elapsed: ReadonlyMap<string, number[]>;
  close(): Promise<void>;
}

/** The scan engine as a server has it, over a blob store in a temporary folder. */
export async function openBench(): Promise<Bench> {
  const root = await mkdtemp(join(tmpdir(), "accuracy-"));
  const blobs = createFilesystemBlobStore({ root });
  const workers = Math.max(1, availableParallelism() - 1);
  const engine = createScanEngine({
    workers,
    spawn: () => spawnWorker("scan"),
    settings: { blobs: { kind: "filesystem", root }, licences: { allow: [], deny: [] }, yaraRules: [] },
  });
  const policy = policyOf(DEFAULT_POLICY_SETTINGS);
  const elapsed = new Map<string, number[]>();

  async function scan<S extends Sample>(sample: S): Promise<Result<S>> {
    const files: ScanFile[] = [];
    for (const { path, bytes } of sample.files) {
      const { digest, size } = await blobs.put(bytes);
      files.push({ path, size, digest, mediaType: "application/octet-stream", executable: false });
    }
    const started = performance.now();
    const report = await engine.scan({ kind: sample.kind, license: null, files }, new AbortController().signal);
    const elapsedMs = performance.now() - started;
    for (const outcome of report.outcomes) {
      elapsed.set(outcome.scanner, [...(elapsed.get(outcome.scanner) ?? []), outcome.elapsedMs]);
    }
    const whole = completeReport(report, engine.scanners());
    if ("incomplete" in whole) throw new Error(`${sample.name}: ${whole.incomplete.reason}`);
    const { verdict } = judge(whole.complete, policy, NOTHING_SPECIAL);
    return { sample, findings: report.findings, verdict, elapsedMs };
  }

  async function scanAll<S extends Sample>(samples: readonly S[]): Promise<Result<S>[]> {
    const results: Result<S>[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      for (let i = next++; i < samples.length; i = next++) results[i] = await scan(samples[i]!);
    };
    await Promise.all(Array.from({ length: workers }, lane));
    return results;
  }

  return {
    scanners: engine.scanners().map(({ name }) => name),
    scan,
    scanAll,
    elapsed,
    close: async () => {
      await engine.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}
