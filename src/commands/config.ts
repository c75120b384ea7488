import { ConfigError, type LoadOptions, loadConfig, printConfig, printedKeys } from "../config/index.ts";

export interface ConfigCommand {
  action: "check" | "print";
  json: boolean;
  load: LoadOptions;
  out: (text: string) => void;
  err: (text: string) => void;
}

/** `config check` and `config print`. Answers the exit code: 0 usable, 1 refused. */
export function runConfigCommand({ action, json, load, out, err }: ConfigCommand): number {
  try {
    const loaded = loadConfig(load);
    for (const warning of loaded.warnings) err(`warning: ${warning}\n`);
    const { file, warnings } = loaded;
    if (action === "print") out(json ? asJson({ file, keys: printedKeys(loaded) }) : printConfig(loaded));
    else out(json ? asJson({ ok: true, file, warnings }) : `${file ?? "No configuration file; the defaults"}: ok\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (json) out(asJson({ ok: false, problems: error.problems }));
    err(`${error.message}\n`);
    return 1;
  }
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
