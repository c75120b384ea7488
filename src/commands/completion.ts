import { type Command, type CommandOption, type CommandTable, GLOBAL_OPTIONS, UsageError } from "./command.ts";

/** Made with the table of all commands, which it completes. */
export const completion = (commands: CommandTable): Command => ({
  name: "completion",
  summary: "Print a script that completes commands and options in your shell",
  usage: 'completion bash|zsh|fish   (bash: eval "$(marketplace completion bash)")',
  options: {},
  async run({ positionals, out }) {
    const shell = positionals[0] ?? "";
    const write = Object.hasOwn(SHELLS, shell) ? SHELLS[shell] : undefined;
    if (!write || positionals.length > 1) throw new UsageError(`Name a shell: marketplace ${this.usage}`);
    out(write(await known(commands)));
    return 0;
  },
});

interface Known {
  /** The words that call it. */
  words: string;
  summary: string;
  options: [name: string, option: CommandOption][];
}

const known = (commands: CommandTable): Promise<Known[]> =>
  Promise.all(
    Object.entries(commands).map(async ([words, { summary, load }]) => ({
      words,
      summary,
      options: Object.entries({ ...(await load()).options, ...GLOBAL_OPTIONS }),
    })),
  );

const SHELLS: Record<string, (commands: Known[]) => string> = { bash, zsh, fish };

/** What may follow some words: the next words of commands with a summary (empty for a word that only leads on). */
function steps(commands: Known[]): Map<string, Map<string, string>> {
  const next = new Map<string, Map<string, string>>();
  for (const { words, summary } of commands) {
    const parts = words.split(" ");
    for (const [index, word] of parts.entries()) {
      const before = parts.slice(0, index).join(" ");
      const choices = next.get(before) ?? new Map<string, string>();
      const whole = index === parts.length - 1;
      if (whole || !choices.has(word)) choices.set(word, whole ? summary : "");
      next.set(before, choices);
    }
  }
  return next;
}

const flags = (options: Known["options"]): string => options.map(([name]) => `--${name}`).join(" ");

function bash(commands: Known[]): string {
  const words = [...steps(commands)].map(
    ([before, choices]) => `    "${before}") words="${[...choices.keys()].join(" ")}" ;;`,
  );
  const options = commands.map((command) => `    "${command.words}") options="${flags(command.options)}" ;;`);
  return `_marketplace() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" words="" options="" index
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${COMP_WORDS[index]}" in -*) continue ;; esac
    [[ \${#path} -gt 40 ]] && break
    path="\${path:+$path }\${COMP_WORDS[index]}"
  done
  case "$path" in
${words.join("\n")}
  esac
  if [[ -n "$words" && "$current" != -* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    return
  fi
  while [[ -n "$path" ]]; do
    case "$path" in
${options.join("\n")}
    esac
    [[ -n "$options" || "$path" != *" "* ]] && break
    path="\${path% *}"
  done
  if [[ "$current" == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _marketplace marketplace`;
}

function zsh(commands: Known[]): string {
  return `#compdef marketplace
autoload -U +X bashcompinit && bashcompinit
${bash(commands)}`;
}

const quoted = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

function fish(commands: Known[]): string {
  const lines = [
    "function __marketplace_at",
    "  set -l words (commandline -opc)[2..-1]",
    "  set -l path (string match -v -- '-*' $words)",
    '  test "$path" = "$argv"',
    "end",
    "function __marketplace_in",
    "  set -l words (commandline -opc)[2..-1]",
    '  string match -q -- "$argv*" (string join " " (string match -v -- "-*" $words))',
    "end",
    "complete -c marketplace -e",
  ];
  for (const [before, choices] of steps(commands))
    for (const [word, summary] of choices)
      lines.push(
        `complete -c marketplace -f -n ${quoted(`__marketplace_at ${before}`.trim())} -a ${word} -d ${quoted(summary)}`,
      );
  for (const { words, options } of commands)
    for (const [name, option] of options) {
      const kind = option.type === "string" ? " -r" : "";
      const short = option.short ? ` -s ${option.short}` : "";
      lines.push(
        `complete -c marketplace -n ${quoted(`__marketplace_in ${words}`)} -l ${name}${short}${kind} -d ${quoted(option.help)}`,
      );
    }
  return lines.join("\n");
}
