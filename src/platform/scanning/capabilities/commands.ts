import { hostOf } from "./hosts.ts";
import type { Passage } from "./passage.ts";
import { baseName, type ShellCommand, shellCommands } from "./shell-words.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "));
/** Words before a command, which are none. */
const BEFORE = words("if then else elif do while until ! { time");
/** What has words behind it that are no command. */
const NO_COMMAND = words("for case select function fi done esac } in [[ ((");
/** What a shell does by itself, and which neither reads nor starts anything of note. */
const BUILTIN = words(
  "[ : . alias break builtin cd command continue declare dirs disown echo exit export false getopts hash help history jobs let local logout mapfile popd printf pushd pwd read readonly return set shift shopt source test trap true type typeset ulimit umask unalias unset wait bg fg",
);
/** Programs that start the program named behind them. */
const WRAPPERS = words("sudo doas env nohup exec command time xargs nice timeout stdbuf setsid caffeinate");
const SHELLS = words("sh bash zsh dash ksh");
const FETCHERS = words("curl wget");
const WRITERS = words("tee touch mkdir rm chmod chown ln install truncate");
const PROGRAM = /^(?:[\w.~/$@{}+-]{0,200}\/)?[A-Za-z0-9_][\w.+@-]{0,60}$/;
const NAKED_HOST = /^(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?::\d{1,5})?(?=\/|$)/i;
const DEPTH = 3;

/** Notes the programs that a shell text runs, hosts that it names without a scheme, and files that it writes outside. */
export function noteShell(passage: Passage, depth = 0): void {
  const own = definedIn(passage.text);
  for (const command of shellCommands(passage.text)) {
    const run = programsOf(command.words);
    for (const program of run.programs)
      if (!BUILTIN.has(program) && !own.has(program)) passage.note("runs-command", program, command.offset);
    noteWrites(passage, command, run);
    noteFetches(passage, command, run);
    const script = run.script;
    if (script !== null && depth < DEPTH) noteShell(inside(passage, script, command.offset), depth + 1);
  }
}

/** A command's text found in other code: every place in it is the place where it stands. */
export function noteCommandLine(passage: Passage, line: string, offset: number): void {
  noteShell(inside(passage, line, offset));
}

const inside = (passage: Passage, text: string, offset: number): Passage => ({
  text,
  note: (kind, value) => passage.note(kind, value, offset),
  part: (start, end) => inside(passage, text.slice(start, end), offset),
});

const definedIn = (text: string): Set<string> =>
  new Set(
    [...text.matchAll(/(?:^|[;{]|\bfunction)[ \t]{0,20}([A-Za-z_][\w-]{0,60})[ \t]{0,4}\(\)/gm)].map((m) => m[1]!),
  );

interface Run {
  programs: string[];
  args: string[];
  /** What a shell is given with `-c`. */
  script: string | null;
}

function programsOf(all: readonly string[]): Run {
  const run: Run = { programs: [], args: [], script: null };
  let at = 0;
  for (let wrapped = 0; at < all.length && wrapped < 6; at++) {
    const word = all[at]!;
    if (BEFORE.has(word) || /^[A-Za-z_]\w{0,99}\+?=/.test(word)) continue;
    if (wrapped > 0 && /^(?:-|\d{1,9}[smhd]?$)/.test(word)) continue;
    if (NO_COMMAND.has(word) || !PROGRAM.test(word)) return run;
    const program = baseName(word);
    if (program !== "" && !/^\d+$/.test(program)) run.programs.push(program);
    if (!WRAPPERS.has(program)) break;
    wrapped += 1;
  }
  run.args = all.slice(at + 1);
  const flag = run.args.findIndex((word) => /^-[a-z]{0,4}c$/.test(word));
  if (SHELLS.has(run.programs.at(-1) ?? "") && flag >= 0) run.script = run.args[flag + 1] ?? null;
  return run;
}

function noteWrites(passage: Passage, command: ShellCommand, run: Run): void {
  const targets = [...command.writes];
  const program = run.programs.at(-1) ?? "";
  if (WRITERS.has(program)) targets.push(...run.args.filter((word) => !word.startsWith("-")));
  if ((program === "cp" || program === "mv" || program === "rsync") && run.args.length > 1)
    targets.push(run.args.at(-1)!);
  for (const target of targets) {
    const path = pathOf(target);
    if (path !== null) passage.note("writes-path", path, command.offset);
  }
}

function noteFetches(passage: Passage, command: ShellCommand, run: Run): void {
  if (!FETCHERS.has(run.programs.at(-1) ?? "") || run.args.some((word) => word.includes("://"))) return;
  for (const [i, word] of run.args.entries()) {
    const named = NAKED_HOST.exec(word);
    // `-o out.tar.gz` is a file.
    if (named && !/^-[a-zA-Z]{0,4}[oOTFdKHbcAeu]$|^--(?!location)/.test(run.args[i - 1] ?? "")) {
      const host = hostOf(named[0]);
      if (host !== null) passage.note("network-host", host, command.offset);
    }
  }
}

const OUTSIDE =
  /(?<![\w.:/$}~-])(?:(?:~|\$HOME|\$\{HOME\}|%USERPROFILE%|\$env:USERPROFILE|\/home\/[\w.-]{1,32}|\/Users\/[\w.-]{1,32})(?=[/\\])|[A-Za-z]:(?=\\)|\/(?:etc|var|root|proc|sys|boot|srv|mnt|run|Library|System|Volumes|Applications|private)(?=\/))[\\/][\w.@%+{}$*~-]{1,100}(?:[\\/][\w.@%+{}$*~-]{1,100}){0,8}/g;
const OUTSIDE_WHOLLY = new RegExp(`^${OUTSIDE.source}`);
const HOME = /^(?:~|\$HOME|\$\{HOME\}|%USERPROFILE%|\$env:USERPROFILE|\/home\/[\w.-]+|\/Users\/[\w.-]+)(?=[/\\])/;
const SEGMENTS = 4;

/** A path outside of the package, `~` for every home and at most four names deep; null for any other. */
export function pathOf(written: string): string | null {
  // Not with the global pattern: `matchAll` would go on from where this one ended.
  const found = OUTSIDE_WHOLLY.exec(written);
  return found ? normalPath(found[0]) : null;
}

function normalPath(found: string): string {
  const path = found
    .replace(HOME, "~")
    .replaceAll("\\", "/")
    .replace(/[.,;:]{1,9}$/, "");
  return path
    .split("/")
    .slice(0, SEGMENTS + 1)
    .join("/");
}

const WRITES_BEFORE =
  /(?:>>?|\btee(?: -a)?|writeFile(?:Sync)?\(|appendFile(?:Sync)?\(|createWriteStream\(|\b(?:mkdir|touch|rm|chmod|chown|ln)\b[^\n"']{0,20}|Out-File|Set-Content|Add-Content)\s{0,4}["'(`]{0,2}$/;
const WRITES_AFTER = /^["'`]\s{0,4}\)?\s{0,4},\s{0,4}(?:mode\s{0,4}=\s{0,4})?["'][rb]{0,2}[wax+]/;
const HOME_JOINED =
  /\b(?:Path\.home\(\)\s{0,4}\/|homedir\(\)\s{0,4}[,+])\s{0,4}["'`]\/?([\w.@-]{1,80}(?:\/[\w.@-]{1,80}){0,4})["'`]/g;

/** Notes paths outside of the package that code or commands name, as read unless the words around say that they are written. */
export function notePaths(passage: Passage): void {
  const { text } = passage;
  const kindOf = (start: number, end: number) =>
    WRITES_BEFORE.test(text.slice(Math.max(0, start - 60), start)) || WRITES_AFTER.test(text.slice(end, end + 30))
      ? "writes-path"
      : "reads-path";
  for (const match of text.matchAll(OUTSIDE))
    passage.note(kindOf(match.index, match.index + match[0].length), normalPath(match[0]), match.index);
  for (const match of text.matchAll(HOME_JOINED))
    passage.note(kindOf(match.index, match.index + match[0].length - 1), normalPath(`~/${match[1]}`), match.index);
}
