import initialise, { Compiler, type Scanner as Instance } from "@virustotal/yara-x";
// @ts-expect-error The package's types describe the instance; Bun's attribute gives the file's path.
import wasm from "../../../node_modules/@virustotal/yara-x/pkg/yara_x_js_bg.wasm" with { type: "file" };
import type { YaraRules } from "./yara-rules.ts";

/** Makes YARA-X ready in this thread; it takes some 70 MB. */
export async function startYara(): Promise<void> {
  await initialise({ module_or_path: await Bun.file(wasm).arrayBuffer() });
}

/** Throws YARA-X's own words, with the line, when a source does not compile. The caller frees it. */
export function compilerOf(sources: readonly YaraRules[]): Compiler {
  const compiler = new Compiler();
  try {
    for (const { namespace, source } of sources) {
      compiler.newNamespace(namespace);
      compiler.addSource(source);
    }
    return compiler;
  } catch (error) {
    compiler.free();
    throw error;
  }
}

/** An instance over the rules, each of whose scans takes at most `timeoutMs` and lists at most `matches` places a pattern. */
export function instanceOf(sources: readonly YaraRules[], timeoutMs: number, matches: number): Instance {
  const compiler = compilerOf(sources);
  const instance = compiler.build().scanner();
  compiler.free();
  instance.setTimeoutMs(timeoutMs);
  instance.setMaxMatchesPerPattern(matches);
  return instance;
}

export type { Instance };
