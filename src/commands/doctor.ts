import type { Inspection } from "../app-doctor.ts";
import { inspectServer } from "../app-doctor.ts";
import { ConfigError } from "../config/index.ts";
import { type Command, type CommandContext, UsageError } from "./command.ts";
import { configOf, DATA_OPTION } from "./config.ts";
import { createProgress, painter } from "./terminal.ts";

export const doctor: Command = {
  name: "doctor",
  summary: "Look for anything wrong with this server and its data",
  usage: "doctor [--data DIR] [--deep | --quick] [--json]",
  options: {
    ...DATA_OPTION,
    deep: { type: "boolean", help: "Read every stored byte and hold it against its digest." },
    quick: { type: "boolean", help: "Only ask whether everything answers, as a health check does." },
  },
  run: runDoctor,
};

/** Exit code 0: nothing is wrong (there may be warnings); 1: something is. */
async function runDoctor(context: CommandContext): Promise<number> {
  const { deep, quick } = context.values;
  if (deep && quick) throw new UsageError("Choose one of --deep and --quick.");
  const progress = createProgress(context.quiet || context.json);
  const found: Inspection[] = [];
  for await (const inspection of inspections(context, deep ? "deep" : quick ? "quick" : "usual", progress)) {
    found.push(inspection);
    if (context.json) continue;
    progress.end();
    if (!context.quiet || inspection.status === "wrong") print(context, inspection);
  }
  progress.end();
  const bad = found.filter((inspection) => inspection.status === "wrong").length;
  const odd = found.filter((inspection) => inspection.status === "warning").length;
  if (context.json) context.out(JSON.stringify({ ok: bad === 0, checks: found }, null, 2));
  else if (!context.quiet) context.out(verdict(bad, odd));
  return bad === 0 ? 0 : 1;
}

async function* inspections(
  context: CommandContext,
  depth: "quick" | "usual" | "deep",
  progress: ReturnType<typeof createProgress>,
): AsyncGenerator<Inspection> {
  const common = { name: "configuration", remedy: "", examples: [] };
  try {
    const { config, file, warnings } = configOf(context);
    const summary = file ?? "no configuration file; the defaults";
    if (warnings.length === 0) yield { ...common, status: "ok", summary };
    else yield { ...common, status: "warning", summary, examples: [...warnings] };
    yield* inspectServer(config, { depth, onProgress: (what, done) => progress.show(`${done} ${what}`) });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [first, ...more] = error.message.split("\n");
    const remedy = 'Mend it; "marketplace config check" says when it is right.';
    yield { ...common, status: "wrong", summary: first ?? "", remedy, examples: more };
  }
}

const SIGNS = { ok: ["✓", "green"], warning: ["!", "yellow"], wrong: ["✗", "red"] } as const;

function print({ out, env }: CommandContext, { name, status, summary, remedy, examples }: Inspection): void {
  const paint = painter(process.stdout, env);
  const [sign, colour] = SIGNS[status];
  out(`${paint(colour, sign)} ${name}: ${summary}`);
  for (const example of examples) out(`    ${example}`);
  if (remedy !== "") out(`    ${paint("bold", remedy)}`);
}

function verdict(bad: number, odd: number): string {
  const checks = (count: number) => (count === 1 ? "1 check" : `${count} checks`);
  if (bad > 0) return `\n${checks(bad)} found something wrong.`;
  return odd > 0 ? `\nNothing is wrong; ${checks(odd)} found something to look at.` : "\nNothing is wrong.";
}
