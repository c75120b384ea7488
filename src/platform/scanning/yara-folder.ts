import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { compilerOf, startYara } from "./yara-instance.ts";
import type { YaraRules } from "./yara-rules.ts";

/** An administrator's rules cannot be used; the message names file, line and reason. */
export class RulesError extends Error {
  override name = "RulesError";
}

/** Longer files are no rules that anybody wrote. */
const FILE_LIMIT = 16 * 1024 * 1024;

/** Reads an operator's `*.yar` and `*.yara` files by name. Throws RulesError when the folder or a file cannot be read. */
export async function readYaraFolder(folder: string): Promise<YaraRules[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw new RulesError(
      `[scanning] rules_path: the folder ${folder} cannot be read (${error.code ?? error.message}).`,
    );
  });
  const files = names.filter((name) => /\.yara?$/.test(name)).sort();
  return Promise.all(
    files.map(async (name, i) => {
      const path = join(folder, name);
      const file = Bun.file(path);
      if (file.size > FILE_LIMIT) throw new RulesError(`${path} is larger than 16 MiB.`);
      const source = await file.text().catch((error: NodeJS.ErrnoException) => {
        throw new RulesError(`${path} cannot be read (${error.code ?? error.message}).`);
      });
      // Numbered, because `a-b.yar` and `a_b.yar` may both define a rule of one name.
      return { namespace: `${name.replace(/\W/g, "_")}_${i}`, source, path };
    }),
  );
}

/** Compiles each source; throws RulesError with every problem: file, line, column, reason. */
export async function checkYaraRules(sources: readonly YaraRules[]): Promise<void> {
  if (sources.length === 0) return;
  await startYara();
  const problems = sources.flatMap((rules) => {
    try {
      compilerOf([rules]).free();
      return [];
    } catch (error) {
      return [problemOf(rules.path ?? rules.namespace, error instanceof Error ? error.message : String(error))];
    }
  });
  if (problems.length > 0) throw new RulesError(problems.join("\n"));
}

/** YARA-X says: "error[E009]: unknown identifier `x`", then " --> line:3:21", then the line itself. */
function problemOf(path: string, message: string): string {
  const place = /--> \S{0,200}?:(\d{1,9}):(\d{1,9})/.exec(message);
  const [reason = ""] = message.replace(/^error(?:\[\w+\])?: /, "").split("\n");
  const marked = /\^+ ?([^\n]{1,200})/.exec(message)?.[1]?.trim();
  const why = marked && !reason.includes(marked) ? `${reason} (${marked})` : reason;
  return `${path}${place ? `:${place[1]}:${place[2]}` : ""}: ${why}. Mend or remove the rule.`;
}
