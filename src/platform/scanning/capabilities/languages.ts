/** Languages that are run; the name is the value of a `script` fact. */
export type Language =
  | "shell"
  | "powershell"
  | "batch"
  | "python"
  | "javascript"
  | "typescript"
  | "ruby"
  | "perl"
  | "php"
  | "lua"
  | "applescript"
  | "go"
  | "rust";

const BY_EXTENSION: readonly (readonly [RegExp, Language])[] = [
  [/\.(?:sh|bash|zsh|fish|ksh|command)$/i, "shell"],
  [/\.(?:ps1|psm1|psd1)$/i, "powershell"],
  [/\.(?:bat|cmd)$/i, "batch"],
  [/\.(?:py|pyw|pyi|ipynb)$/i, "python"],
  [/\.(?:js|cjs|mjs|jsx)$/i, "javascript"],
  [/\.(?:ts|cts|mts|tsx)$/i, "typescript"],
  [/\.rb$/i, "ruby"],
  [/\.(?:pl|pm)$/i, "perl"],
  [/\.php$/i, "php"],
  [/\.lua$/i, "lua"],
  [/\.(?:scpt|applescript)$/i, "applescript"],
  [/\.go$/i, "go"],
  [/\.rs$/i, "rust"],
];
const BY_NAME: Readonly<Record<string, Language>> = {
  bash: "shell",
  sh: "shell",
  shell: "shell",
  zsh: "shell",
  fish: "shell",
  ksh: "shell",
  dash: "shell",
  console: "shell",
  terminal: "shell",
  powershell: "powershell",
  pwsh: "powershell",
  ps1: "powershell",
  python: "python",
  py: "python",
  js: "javascript",
  javascript: "javascript",
  node: "javascript",
  bun: "javascript",
  deno: "typescript",
  ts: "typescript",
  typescript: "typescript",
  ruby: "ruby",
  perl: "perl",
  php: "php",
  osascript: "applescript",
  lua: "lua",
};

/** By the file's name, else by its `#!` line; null for what is no script. */
export function languageOf(path: string, text: string): Language | null {
  const named = BY_EXTENSION.find(([extension]) => extension.test(path));
  if (named) return named[1];
  const first = /^#![^\n]{0,200}/.exec(text)?.[0];
  if (!first) return null;
  const program = /(?:\/env(?: -S)? |\/)([a-z]+)[\d.]*(?:\s|$)/.exec(first)?.[1] ?? "";
  return languageNamed(program) ?? "shell";
}

/** A language by the name that code fences and interpreters have. */
export const languageNamed = (name: string): Language | null => {
  const key = name.toLowerCase();
  return Object.hasOwn(BY_NAME, key) ? BY_NAME[key]! : null;
};
