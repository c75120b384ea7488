import { baseName, shellCommands } from "../capabilities/shell-words.ts";
import type { Ecosystem } from "../../../core/package-reference.ts";
import type { PackageSet, Use } from "./package-set.ts";
import { requirementOf } from "./python-files.ts";

/** A package that a command installs or starts. */
interface Wanted {
  ecosystem: Ecosystem;
  name: string;
  spec: string;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));
/** Options that have a value behind them, of any of the programs below. */
const VALUED = words(
  "-r --requirement -c --constraint -i --index-url --extra-index-url --index --default-index -t --target -f --find-links --prefix --python -p --registry --cache --root --src --proxy --cert --tag -C --dir --cwd --features --git --path --branch --rev --directory --env-file --with-requirements --call --workspace -w --filter",
);
const BEFORE = words("sudo env exec command nohup time then do if ! doas && || cmd /c cmd.exe RUN ENTRYPOINT CMD");
const INSTALL = words("install i add in isntall");
const MOST_WORDS = 60;

/** What may begin a command that names packages; a quick look before a line is read as a shell reads it. */
export const NAMES_PACKAGES =
  /\b(?:npx|bunx|pnpx|uvx|pipx|npm|pnpm|yarn|bun|pip3?(?:\.\d{1,2})?|uv|go|cargo|gem|composer)\b/;

/** The packages that one command names, its words without quotes. */
export function packagesOfCommand(all: readonly string[]): Wanted[] {
  let rest = all.slice(0, MOST_WORDS);
  while (rest.length > 0 && (BEFORE.has(rest[0]!) || /^[A-Za-z_]\w{0,99}=/.test(rest[0]!))) rest = rest.slice(1);
  const program = baseName(rest[0] ?? "").replace(/\.(?:cmd|exe)$/i, "");
  const args = rest.slice(1);
  switch (program) {
    case "npx":
    case "bunx":
    case "pnpx":
      return started("npm", args);
    case "npm":
    case "pnpm":
    case "yarn":
    case "bun":
      return byNodeManager(program, args);
    case "uvx":
    case "pipx":
    case "uv":
      return byPythonRunner(program, args);
    case "go":
      return args[0] === "install" || args[0] === "get" || args[0] === "run" ? goPackages(args.slice(1)) : [];
    case "cargo":
      return args[0] === "install" || args[0] === "add" ? cargoPackages(args.slice(1)) : [];
    case "gem":
      return args[0] === "install" ? gemPackages(args.slice(1)) : [];
    case "composer":
      return INSTALL.has(args[0] ?? "") || args[0] === "require" ? operands(args.slice(1)).map(composerPackage) : [];
    default:
      return byPip(program, args);
  }
}

function byNodeManager(program: string, args: readonly string[]): Wanted[] {
  // `npm --prefix x install y`
  const [verb = "", ...rest] = withoutOptions(args);
  if (verb === "exec" || verb === "dlx" || (program === "bun" && verb === "x")) return started("npm", rest);
  if (verb === "global") return rest[0] === "add" ? npmOperands(rest.slice(1)) : [];
  return INSTALL.has(verb) ? npmOperands(rest) : [];
}

const npmOperands = (args: readonly string[]): Wanted[] => operands(args).map(npmPackage);

function byPythonRunner(program: string, args: readonly string[]): Wanted[] {
  if (program === "uvx") return started("PyPI", args);
  const [verb = "", second = "", ...rest] = withoutOptions(args);
  if (program === "pipx")
    return verb === "run" ? started("PyPI", [second, ...rest]) : verb === "install" ? python([second, ...rest]) : [];
  if (verb === "add") return python([second, ...rest]);
  if (verb === "pip" && second === "install") return python(rest);
  if (verb === "tool") return second === "run" ? started("PyPI", rest) : second === "install" ? python(rest) : [];
  return verb === "run" ? valuesOf(args, "--with").flatMap((item) => python(item.split(","))) : [];
}

function byPip(program: string, args: readonly string[]): Wanted[] {
  const isPip = /^pip3?(?:\.\d{1,2})?$/.test(program);
  const asModule = /^python(?:\d(?:\.\d{1,2})?)?$|^py$/.test(program) && args[0] === "-m" && args[1] === "pip";
  if (!isPip && !asModule) return [];
  const [verb, ...rest] = withoutOptions(asModule ? args.slice(2) : args);
  return verb === "install" ? python(rest) : [];
}

/** `npx -y a@1 b`, `uvx --from a b`: what is named by an option, else the first word. */
function started(ecosystem: "npm" | "PyPI", args: readonly string[]): Wanted[] {
  const options = ecosystem === "npm" ? ["-p", "--package"] : ["--from", "--with"];
  const named = options.flatMap((option) => valuesOf(args, option)).flatMap((item) => item.split(","));
  const isNamed = ecosystem === "npm" ? named.length > 0 : valuesOf(args, "--from").length > 0;
  const skipped = new Set([...options, ...VALUED]);
  const first = isNamed ? undefined : operands(args, skipped)[0];
  const all = first === undefined ? named : [...named, first];
  if (ecosystem === "npm") return all.map(npmPackage);
  return all.flatMap((item) => {
    // uvx takes `name@version` beside what pip takes.
    const at = /^([A-Za-z0-9][\w.-]{0,213})(?:\[[^\]]{0,100}\])?@([\w.]{1,60})$/.exec(item);
    if (at) return [{ ecosystem, name: at[1]!, spec: /^\d/.test(at[2]!) ? `==${at[2]}` : at[2]! }];
    return python([item]);
  });
}

/** A name that stands for nothing: `<package>`, `$NAME`, `package-name`. */
const PLACEHOLDER = /[<>{}$*\\|"'()]|^(?:\.{1,3}|…)$|^(?:your|my)[-_]|^(?:package|package-name|pkg|name|PACKAGE)$/;
const LOCAL = /^(?:\.{0,2}\/|~|\.$|[A-Za-z]:\\)|\.(?:tgz|whl|tar\.gz|zip|txt|toml)$/;

/** The words that are neither options nor their values, nor files, nor placeholders. */
function operands(args: readonly string[], valued: ReadonlySet<string> = VALUED): string[] {
  const found: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at]!;
    if (valued.has(word)) at += 1;
    else if (word === "#" || word === "\\") break;
    else if (word !== "" && !word.startsWith("-") && !LOCAL.test(word) && !PLACEHOLDER.test(word)) found.push(word);
  }
  return found;
}

/** From the first word on that is no option. */
function withoutOptions(args: readonly string[]): readonly string[] {
  let at = 0;
  while (at < args.length && args[at]!.startsWith("-")) at += VALUED.has(args[at]!) ? 2 : 1;
  return args.slice(at);
}

const valuesOf = (args: readonly string[], option: string): string[] =>
  args.flatMap((word, at) =>
    word === option
      ? args[at + 1] === undefined
        ? []
        : [args[at + 1]!]
      : word.startsWith(`${option}=`)
        ? [word.slice(option.length + 1)]
        : [],
  );

function npmPackage(word: string): Wanted {
  if (/^(?:git|https?|ssh)[+:]/.test(word)) return { ecosystem: "npm", name: "", spec: word };
  // `user/repository` is GitHub's.
  if (/^[\w.-]+\/[\w.-]+$/.test(word)) return { ecosystem: "npm", name: word, spec: word };
  const at = word.indexOf("@", 1);
  return { ecosystem: "npm", name: at > 0 ? word.slice(0, at) : word, spec: at > 0 ? word.slice(at + 1) : "" };
}

const python = (args: readonly string[]): Wanted[] =>
  operands(args).flatMap((word) => {
    if (/^(?:git\+|https?:)/.test(word)) return [{ ecosystem: "PyPI" as const, name: "", spec: word }];
    const requirement = requirementOf(word);
    return requirement ? [{ ecosystem: "PyPI" as const, ...requirement }] : [];
  });

const goPackages = (args: readonly string[]): Wanted[] =>
  operands(args)
    .filter((word) => /^[\w-]+\.[\w.-]+\//.test(word))
    .map((word) => {
      const at = word.indexOf("@");
      return { ecosystem: "Go", name: at > 0 ? word.slice(0, at) : word, spec: at > 0 ? word.slice(at + 1) : "" };
    });

function cargoPackages(args: readonly string[]): Wanted[] {
  const version = [...valuesOf(args, "--version"), ...valuesOf(args, "--vers")][0] ?? "";
  return operands(args, new Set([...VALUED, "--version", "--vers"])).map((word) => {
    const at = word.indexOf("@");
    return {
      ecosystem: "crates.io",
      name: at > 0 ? word.slice(0, at) : word,
      spec: at > 0 ? word.slice(at + 1) : version,
    };
  });
}

function gemPackages(args: readonly string[]): Wanted[] {
  const spec = [...valuesOf(args, "-v"), ...valuesOf(args, "--version")][0] ?? "";
  return operands(args, new Set(["-v", "--version", "-s", "--source"])).map((name) => ({
    ecosystem: "RubyGems",
    name,
    spec,
  }));
}

const composerPackage = (word: string): Wanted => {
  const [name, spec = ""] = word.split(/[:=]/);
  return { ecosystem: "Packagist", name: name!, spec };
};

/** Adds what a text of shell commands names; `line` is where it begins. */
export function addCommands(set: PackageSet, text: string, at: { path: string; line: number; use: Use }): void {
  for (const command of shellCommands(text))
    for (const wanted of packagesOfCommand(command.words)) set.add({ ...wanted, transitive: false, ...at });
}
