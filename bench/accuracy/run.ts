import { readdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { SEVERITIES, type Severity } from "../../src/core/kind.ts";
import { modelSamples } from "./models.ts";
import { kindOf, type LabelledSample, readLabelled, readSample } from "./samples.ts";
import { openBench, type Result } from "./scan.ts";
import { flagged, scannerScores, scoreOf, type Score, techniqueScores } from "./scores.ts";

// How well the scanners tell harm from harmlessness. A sample counts as flagged when the default policy would send it to
// review or block it.
//   npm run bench -- accuracy                       our own samples
//   npm run bench -- accuracy --labelled FOLDER     prompts.json ([{text, label}]) and <class>/{malicious,benign}/* in it
//   npm run bench -- accuracy FOLDER…               verdicts over a folder of assets; its name says their kind (skills …)
//   --missed          lists the harmful samples that pass; false alarms are always listed
//   --techniques      how many of each technique are flagged
//   --show SEVERITY   the findings of that severity and above of each listed sample (default: high)
//   --json FILE       writes everything that was counted

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    labelled: { type: "string" },
    show: { type: "string", default: "high" },
    missed: { type: "boolean", default: false },
    techniques: { type: "boolean", default: false },
    json: { type: "string" },
  },
});
const least = SEVERITIES.indexOf(values.show as Severity);
if (least < 0) throw new Error(`--show takes one of ${SEVERITIES.join(", ")}.`);

const written: Record<string, unknown> = {};
const bench = await openBench();

const columns = (score: Score): string =>
  [score.found, score.missed, score.false].map((count) => String(count).padStart(7)).join("") +
  [score.precision, score.recall, score.f1].map((part) => part.toFixed(3).padStart(10)).join("");

function showFindings({ sample, findings }: Result): void {
  for (const finding of findings.filter(({ severity }) => SEVERITIES.indexOf(severity) >= least)) {
    console.log(`    ${finding.severity} ${finding.ruleId} ${sample.name}/${finding.path ?? ""}:${finding.line ?? ""}`);
    console.log(`      ${finding.excerpt.slice(0, 160)}`);
  }
}

function showWrong(result: Result<LabelledSample>): void {
  const { sample } = result;
  if (flagged(result) === sample.harmful || (sample.harmful && !values.missed)) return;
  const text =
    sample.kind === "prompt" ? ` ${JSON.stringify(Buffer.from(sample.files[0]!.bytes).toString().slice(0, 120))}` : "";
  console.log(`  ${sample.harmful ? "missed" : "false alarm"}: ${sample.class}/${sample.name}${text}`);
  showFindings(result);
}

async function measure(name: string, samples: LabelledSample[]): Promise<Result<LabelledSample>[]> {
  const results = await bench.scanAll(samples);
  const harmful = samples.filter((sample) => sample.harmful).length;
  const verdict = scoreOf(results, flagged);
  const scanners = scannerScores(results, bench.scanners);
  const techniques = techniqueScores(results);
  console.log(`\n${name}: ${harmful} harmful, ${samples.length - harmful} harmless`);
  console.log(`  ${"scanner".padEnd(21)}${"at least".padEnd(9)}  found missed  false precision    recall        F1`);
  for (const row of scanners) console.log(`  ${row.scanner.padEnd(21)}${row.least.padEnd(8)}${columns(row.score)}`);
  console.log(`  ${"the default policy".padEnd(29)}${columns(verdict)}`);
  if (values.techniques) {
    for (const row of techniques) {
      console.log(
        `    ${row.harmful ? "harmful " : "harmless"} ${row.technique.padEnd(24)} ${row.flagged}/${row.of} flagged`,
      );
    }
  }
  for (const result of results) showWrong(result);
  written[name] = {
    harmful,
    harmless: samples.length - harmful,
    verdict,
    scanners,
    techniques,
    wrong: wrongOf(results),
  };
  return results;
}

const wrongOf = (results: readonly Result<LabelledSample>[]) =>
  results
    .filter((result) => flagged(result) !== result.sample.harmful)
    .map(({ sample, verdict, findings }) => ({
      sample: `${sample.class}/${sample.harmful ? "malicious" : "benign"}/${sample.name}`,
      verdict,
      rules: [...new Set(findings.map(({ severity, ruleId }) => `${severity} ${ruleId}`))],
    }));

async function measureAll(classes: Map<string, LabelledSample[]>): Promise<void> {
  const all: Result<LabelledSample>[] = [];
  const summary: [string, Score][] = [];
  for (const [name, samples] of classes) {
    const results = await measure(name, samples);
    all.push(...results);
    summary.push([name, scoreOf(results, flagged)]);
  }
  console.log(`\n${"class, by the default policy".padEnd(31)}  found missed  false precision    recall        F1`);
  for (const [name, score] of [...summary, ["all", scoreOf(all, flagged)] as const]) {
    console.log(`  ${name.padEnd(29)}${columns(score)}`);
  }
}

async function verdicts(folder: string): Promise<void> {
  const counts = { passed: 0, review: 0, blocked: 0 };
  const times: number[] = [];
  let bytes = 0;
  console.log(`\n${folder}`);
  for (const name of (await readdir(folder)).sort()) {
    const sample = await readSample(join(folder, name), kindOf(basename(folder)));
    const result = await bench.scan(sample);
    counts[result.verdict]++;
    times.push(result.elapsedMs);
    for (const file of sample.files) bytes += file.bytes.length;
    if (flagged(result)) console.log(`  ${result.verdict}: ${name}`);
    showFindings(result);
  }
  const total = times.reduce((sum, time) => sum + time, 0);
  const volume = `${(bytes / 1e6).toFixed(2)} MB in ${(total / 1000).toFixed(2)} s`;
  console.log(`  ${JSON.stringify(counts)}; ${volume}; a scan: ${spread(times)}`);
  written[folder] = counts;
}

function spread(times: readonly number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number) => (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0).toFixed(1);
  return `median ${at(0.5)} ms, p95 ${at(0.95)} ms, most ${at(1)} ms`;
}

try {
  if (values.labelled) await measureAll(await readLabelled(values.labelled));
  for (const folder of positionals) await verdicts(folder);
  if (!values.labelled && positionals.length === 0) {
    const own = await readLabelled(join(import.meta.dir, "samples"));
    await measureAll(own.set("models", modelSamples()));
  }
  console.log("\ntime a scanner took over one version");
  for (const [scanner, times] of bench.elapsed) console.log(`  ${scanner.padEnd(21)}${spread(times)}`);
  if (values.json) await writeFile(values.json, `${JSON.stringify(written, null, 2)}\n`);
} finally {
  await bench.close();
}
