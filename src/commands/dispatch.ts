import { parseArgs } from "node:util";
import { AppError } from "../core/error.ts";
import { type Command, type CommandContext, GLOBAL_OPTIONS, UsageError } from "./command.ts";
import { COMMANDS } from "./index.ts";

/** Runs the command that `argv` names (without the program's own name) and answers its exit code. Never throws. */
export async function dispatch(argv: string[], env: CommandContext["env"]): Promise<number> {
  // A reader that has seen enough (`| head`) closes the pipe: nothing is wrong then.
  process.stdout.on("error", (error: { code?: string }) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  try {
    const found = findCommand(argv);
    if (!found) return help(argv);
    const command = await found.load();
    return await runCommand(command, argv.slice(found.words), env);
  } catch (error) {
    return report(error);
  }
}

/** `admin user create` before `admin user` before `admin`. */
function findCommand(argv: string[]) {
  for (let words = 3; words > 0; words--) {
    const name = argv.slice(0, words).join(" ");
    if (Object.hasOwn(COMMANDS, name)) return { ...COMMANDS[name]!, words };
  }
  return null;
}

async function runCommand(command: Command, args: string[], env: CommandContext["env"]): Promise<number> {
  const options = { ...GLOBAL_OPTIONS, ...command.options };
  const { values, positionals } = parse(command, args, options);
  if (values["help"]) {
    process.stdout.write(commandHelp(command));
    return 0;
  }
  const quiet = values["quiet"] === true;
  return command.run({
    values,
    positionals,
    env,
    cwd: process.cwd(),
    out: (line) => process.stdout.write(`${line}\n`),
    say: (line) => {
      if (!quiet) process.stderr.write(`${line}\n`);
    },
    json: values["json"] === true,
    quiet,
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true && values["no-input"] !== true,
  });
}

function parse(command: Command, args: string[], options: typeof GLOBAL_OPTIONS) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message.split(". ")[0] : String(error);
    throw new UsageError(`${message}. See "marketplace ${command.name} --help".`);
  }
}

function help(argv: string[]): number {
  const asked = argv.length === 0 || argv[0] === "help" || argv[0] === "--help" || argv[0] === "-h";
  if (argv[0] === "--version") {
    return dispatchVersion();
  }
  const text = overview(argv.slice(argv[0] === "help" ? 1 : 0));
  if (asked) {
    process.stdout.write(text);
    return 0;
  }
  process.stderr.write(`marketplace: there is no command "${argv[0]}". See "marketplace help".\n`);
  return 2;
}

function dispatchVersion(): number {
  void dispatch(["version"], {});
  return 0;
}

function overview(words: string[]): string {
  const prefix = words.filter((word) => !word.startsWith("-")).join(" ");
  const shown = Object.entries(COMMANDS).filter(([name]) => name.startsWith(prefix));
  const width = Math.max(...shown.map(([name]) => name.length), 0) + 2;
  const lines = shown.map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`);
  return [
    "marketplace: a self-hosted marketplace for LLM assets",
    "",
    "Usage: marketplace COMMAND [OPTIONS]",
    "",
    ...lines,
    "",
    'See "marketplace COMMAND --help" for the options of each.',
    "",
  ].join("\n");
}

function commandHelp(command: Command): string {
  const rows = (options: Command["options"]) =>
    Object.entries(options).map(([name, option]) => {
      const flag = `${option.short ? `-${option.short}, ` : ""}--${name}${option.value ? ` ${option.value}` : ""}`;
      return `  ${flag.padEnd(28)}${option.help}`;
    });
  const own = rows(command.options);
  return [
    `${command.summary}.`,
    "",
    `Usage: marketplace ${command.usage}`,
    ...(own.length > 0 ? ["", "Options:", ...own] : []),
    "",
    "Everywhere:",
    ...rows(GLOBAL_OPTIONS),
    "",
  ].join("\n");
}

/** One line on standard error that says what to do; the exit code tells scripts what kind of failure it was. */
function report(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`marketplace: ${message}\n`);
  if (error instanceof UsageError) return 2;
  if (error instanceof AppError && (error.status === 401 || error.status === 403)) return 4;
  return 1;
}
