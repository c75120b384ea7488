import {
  ConfigError,
  type LoadedConfig,
  type LoadOptions,
  loadConfig,
  printConfig,
  printedKeys,
} from "../config/index.ts";
import type { Command, CommandContext, CommandOption } from "./command.ts";

/** What every command on the server's own data takes. */
export const DATA_OPTION: Record<string, CommandOption> = {
  data: { type: "string", value: "DIR", help: "Where the server keeps everything (default ./data)." },
};

/** The server's configuration, with this command line's own words on top; throws ConfigError. */
export const configOf = (context: CommandContext): LoadedConfig => loadConfig(loadOptionsOf(context));

function loadOptionsOf({ values, cwd, env }: CommandContext): LoadOptions {
  const flag = (name: string) => (typeof values[name] === "string" ? values[name] : undefined);
  return {
    configPath: flag("config"),
    cwd,
    flags: { "server.data": flag("data"), "server.listen": flag("listen") },
    env,
  };
}

const configCommand = (action: ConfigCommand["action"], summary: string): Command => ({
  name: `config ${action}`,
  summary,
  usage: `config ${action} [--config FILE] [--json]`,
  options: DATA_OPTION,
  run: async (context) =>
    runConfigCommand({
      action,
      json: context.json,
      load: loadOptionsOf(context),
      out: (text) => context.out(text.replace(/\n$/, "")),
      err: (text) => void process.stderr.write(text),
    }),
});

export const configCheck = configCommand(
  "check",
  "Say whether the configuration can be used, and what is wrong with it",
);
export const configPrint = configCommand("print", "Print every setting, its value and where it comes from");

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
