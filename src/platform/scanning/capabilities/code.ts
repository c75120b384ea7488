import { lastAtOrBefore } from "../rising.ts";
import { noteCommandLine, notePaths, noteShell } from "./commands.ts";
import { noteHosts } from "./hosts.ts";
import type { Language } from "./languages.ts";
import type { Passage } from "./passage.ts";

/** Notes what a piece of code runs, reaches, reads and writes. Comments may link; everything else counts as used. */
export function noteCode(passage: Passage, language: Language): void {
  const isComment = commentsOf(passage.text, language);
  noteHosts(passage, (offset) => (isComment(offset) ? "links-to" : "network-host"));
  for (const match of passage.text.matchAll(CONNECTS)) {
    const host = (match[1] ?? match[2])!.toLowerCase();
    passage.note("network-host", host, match.index);
  }
  notePaths(passage);
  if (language === "shell") noteShell(passage);
  else noteStarted(passage, language);
  noteEnvironment(passage, language);
}

/** A host without a scheme, given to a socket or a client. */
const CONNECTS =
  /\b(?:connect|create_connection|createConnection)\(\s{0,8}\(?\s{0,8}["']((?:[\w-]{1,63}\.){1,8}[A-Za-z0-9]{2,24})["']|\bhost(?:name)?["']?\s{0,4}[:=]\s{0,4}["']((?:[\w-]{1,63}\.){1,8}[A-Za-z0-9]{2,24})["']/g;

const HASH_COMMENTS: readonly Language[] = ["shell", "powershell", "python", "ruby", "perl"];

/** Whether an offset lies in a line that is a comment as a whole; one behind code counts as code. */
function commentsOf(text: string, language: Language): (offset: number) => boolean {
  const starts: number[] = [];
  const comment: boolean[] = [];
  const hash = HASH_COMMENTS.includes(language);
  let block = false;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const past = end < 0 ? text.length : end;
    const head = text.slice(at, Math.min(past, at + 200)).trimStart();
    if (!hash && !block && head.startsWith("/*")) block = true;
    starts.push(at);
    const closes = block ? text.slice(at, past).lastIndexOf("*/") : -1;
    // Code behind the end of a comment must not count as one.
    comment.push(hash ? head.startsWith("#") : (block && closes < 0) || head.startsWith("//"));
    if (closes >= 0) block = false;
    at = past + 1;
  }
  return (offset) => comment[lastAtOrBefore(starts, offset)] ?? false;
}

const STARTED: Partial<Record<Language, RegExp>> = {
  python:
    /\b(?:subprocess\.(?:run|call|Popen|check_call|check_output|getoutput|getstatusoutput)|os\.(?:system|popen|exec[lv]p?e?|spawn[lv]p?e?)|asyncio\.create_subprocess_(?:exec|shell)|Popen|pexpect\.spawn)\(\s{0,40}\[?\s{0,40}[rf]{0,2}["']([^"'\n]{1,300})["']/g,
  javascript:
    /(?<![\w.])(?:(?:child_process|cp|childProcess)\.)?(?:exec|execSync|execFile|execFileSync|spawn|spawnSync|fork)\(\s{0,40}["'`]([^"'`\n]{1,300})["'`]|\bBun\.spawn(?:Sync)?\(\s{0,40}\[?\s{0,40}["'`]([^"'`\n]{1,300})["'`]|\bDeno\.Command\(\s{0,40}["'`]([^"'`\n]{1,300})["'`]|(?<![\w$])\$`([^`\n]{1,300})`/g,
  ruby: /(?<![\w.])(?:system|exec|spawn|IO\.popen)\(?\s{0,4}["']([^"'\n]{1,300})["']/g,
  perl: /(?<![\w.])(?:system|exec)\(?\s{0,4}["']([^"'\n]{1,300})["']/g,
  php: /(?<![\w>:$])(?:shell_exec|exec|system|passthru|proc_open|popen)\(\s{0,4}["']([^"'\n]{1,300})["']/g,
  go: /\bexec\.Command(?:Context)?\((?:\s{0,4}\w{1,20},)?\s{0,4}"([^"\n]{1,300})"/g,
  rust: /\bCommand::new\(\s{0,4}"([^"\n]{1,300})"/g,
  lua: /\b(?:os\.execute|io\.popen)\(\s{0,4}["']([^"'\n]{1,300})["']/g,
  applescript: /\bdo shell script\s{1,4}"([^"\n]{1,300})"/g,
  powershell:
    /(?:^|[|;&{(=])[ \t]{0,20}(?:&[ \t]{0,4})?((?:Invoke|Start|New|Set|Remove|Add|Copy|Move|Expand|Register|Unregister|Stop|Install)-[A-Za-z]{2,40}|[a-z][\w-]{1,40}\.exe|(?:git|curl|npm|npx|node|python3?|pip3?|docker|iwr|irm|iex)(?=\s))/gim,
};

function noteStarted(passage: Passage, language: Language): void {
  const pattern = STARTED[language === "typescript" ? "javascript" : language];
  if (!pattern) return;
  for (const match of passage.text.matchAll(pattern)) {
    const line = match.slice(1).find((group) => group !== undefined);
    if (line !== undefined) noteCommandLine(passage, line, match.index);
  }
}

const NAME = "([A-Za-z_]\\w{0,99})";
const GENERAL = new RegExp(
  `\\b(?:Deno\\.env\\.get|env::var(?:_os)?|os\\.(?:Getenv|LookupEnv)|System\\.getenv|getenv|ENV\\.fetch)\\(\\s{0,8}["']${NAME}["']|\\bENV\\[\\s{0,4}["']${NAME}["']`,
  "g",
);
const SCRIPTED = new RegExp(
  `\\b(?:process|Bun|import\\.meta)\\.env\\b(?:(?:\\?\\.|\\.)${NAME}|(?:\\?\\.)?\\[\\s{0,4}["'\`]${NAME}["'\`])?`,
  "g",
);
const PYTHON = new RegExp(
  `\\bos\\.environ\\b(?:\\.(?:get|pop|setdefault)\\(\\s{0,8}["']${NAME}["']|\\[\\s{0,4}["']${NAME}["'])?`,
  "g",
);
const POWERSHELL = /\$env:(\w{1,100})/gi;
const SHELL = /(?<!\\)\$\{?([A-Z][A-Z0-9_]{2,99})\b/g;
const ASSIGNED =
  /(?:^|[\s;({"'`]|&&)(?:export |local |readonly |declare (?:-\w{1,4} )?|read (?:-\w{1,4} ){0,3}|for |getopts \S{1,60} )?([A-Z][A-Z0-9_]{2,99})(?=\+?=| in\b|\n|;|$)/gm;
/** Read even where it is assigned: `KEY="${KEY:-}"`. */
const DEFAULTED = /\$\{([A-Z][A-Z0-9_]{2,99}):?[-?=+]/g;
/** There in every process, or known to the shell alone: naming one tells nothing. */
const USUAL = new Set(
  "PATH HOME PWD OLDPWD USER LOGNAME USERNAME USERPROFILE SHELL TMPDIR TEMP TMP LANG LC_ALL TERM COLUMNS LINES IFS RANDOM LINENO SECONDS HOSTNAME EUID UID OSTYPE PPID PIPESTATUS BASH_SOURCE BASH_VERSION BASH_REMATCH FUNCNAME OPTARG OPTIND REPLY EOF NODE_ENV TZ NO_COLOR CI DEBUG CLAUDE_PLUGIN_ROOT CLAUDE_PROJECT_DIR CLAUDE_SKILL_DIR ARGUMENTS".split(
    " ",
  ),
);

/** Notes the environment variables that code reads; `*` when it takes all of them. */
export function noteEnvironment(passage: Passage, language: Language | null): void {
  const { text } = passage;
  const note = (name: string, offset: number): void => {
    if (!USUAL.has(name.toUpperCase())) passage.note("environment-variable", name, offset);
  };
  const named = (pattern: RegExp, whole: boolean): void => {
    for (const match of text.matchAll(pattern)) {
      const name = match[1] ?? match[2];
      if (name !== undefined) note(name, match.index);
      else if (whole) for (const each of takenBefore(text, match.index)) note(each, match.index);
    }
  };
  named(GENERAL, false);
  if (language === "javascript" || language === "typescript") named(SCRIPTED, true);
  if (language === "python") named(PYTHON, true);
  if (language === "powershell") named(POWERSHELL, false);
  if (language === "shell") noteShellVariables(text, note);
}

function noteShellVariables(text: string, note: (name: string, offset: number) => void): void {
  const assigned = new Set<string>();
  for (const match of text.matchAll(ASSIGNED)) assigned.add(match[1]!);
  for (const match of text.matchAll(DEFAULTED)) note(match[1]!, match.index);
  for (const match of text.matchAll(SHELL)) if (!assigned.has(match[1]!)) note(match[1]!, match.index);
}

/** `const { A, B } = process.env` and `"A" in os.environ` name what they take; anything else may take all. */
function takenBefore(text: string, offset: number): string[] {
  const before = text.slice(Math.max(0, offset - 300), offset);
  const member = /["'](\w{1,100})["']\s{1,4}(?:not\s{1,4})?in\s{1,4}$/.exec(before)?.[1];
  if (member) return [member];
  const braces = /\{([^{}]{1,280})\}\s{0,4}=\s{0,4}$/.exec(before)?.[1];
  if (braces === undefined || braces.includes("...")) return ["*"];
  return braces.split(",").flatMap((part) => /^\s{0,20}(\w{1,100})/.exec(part)?.[1] ?? []);
}
