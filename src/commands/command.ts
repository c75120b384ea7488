import type { ParseArgsConfig } from "node:util";

/** What a command gets: its parsed words, where to write, and how it was told to behave. */
export interface CommandContext {
  values: Record<string, string | boolean | (string | boolean)[] | undefined>;
  positionals: string[];
  env: Record<string, string | undefined>;
  cwd: string;
  /** Standard output: what a script may read. */
  out(line: string): void;
  /** Standard error: everything said to a person. Silent with --quiet. */
  say(line: string): void;
  json: boolean;
  quiet: boolean;
  /** A person is at the terminal and may be asked (never with --no-input). */
  interactive: boolean;
}

/** One command of the executable. `run` answers the exit code: 0 ok, 1 error, 2 usage or cancelled, 4 not signed in or not allowed. */
export interface Command {
  name: string;
  summary: string;
  /** What follows `marketplace` on the usage line. */
  usage: string;
  /** What `--help` says of each option. */
  options: { [name: string]: CommandOption };
  run(context: CommandContext): Promise<number>;
}

export type CommandOption = NonNullable<ParseArgsConfig["options"]>[string] & { help: string; value?: string };

/** Commands by their words, each loaded when it is called. */
export type CommandTable = Record<string, { summary: string; load: () => Promise<Command> }>;

/** Options that every command takes. */
export const GLOBAL_OPTIONS: Record<string, CommandOption> = {
  url: { type: "string", value: "URL", help: "The server (or MARKETPLACE_URL)." },
  token: { type: "string", value: "TOKEN", help: "API key or access token (or MARKETPLACE_TOKEN)." },
  config: { type: "string", value: "FILE", help: "The server's marketplace.toml." },
  json: { type: "boolean", help: "Answer in JSON." },
  quiet: { type: "boolean", short: "q", help: "Say nothing but the result and errors." },
  "no-input": { type: "boolean", help: "Never ask; fail instead." },
  help: { type: "boolean", short: "h", help: "Show this." },
};

/** The words do not make a command; exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}
