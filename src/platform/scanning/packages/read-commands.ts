import { isFields, valueIn } from "../../../core/package/front-matter.ts";
import { baseName } from "../capabilities/shell-words.ts";
import { addCommands, NAMES_PACKAGES, packagesOfCommand } from "./command-packages.ts";
import type { PackageSet } from "./package-set.ts";
import { keyLines, linesOf } from "./text-lines.ts";

const MAX_LINE = 1000;
const MOST_JOINED = 12;
const MOST_NODES = 20_000;
const MAX_FENCE = 64 * 1024;

/** Commands of a script or Dockerfile. */
export function readScript(set: PackageSet, path: string, text: string): void {
  readLines(set, path, text, 0);
}

function readLines(set: PackageSet, path: string, text: string, before: number): void {
  let joined = "";
  let start = 0;
  let count = 0;
  for (const { text: row, line } of linesOf(text, MAX_LINE)) {
    if (joined === "") start = line;
    const continues = /\\[ \t]{0,9}$/.test(row) && count < MOST_JOINED;
    joined += continues ? `${row.replace(/\\[ \t]{0,9}$/, "")} ` : row;
    count += 1;
    if (continues) continue;
    if (NAMES_PACKAGES.test(joined))
      addCommands(set, joined.replace(/^[ \t]{0,20}(?:[$%>] )?/, ""), { path, line: before + start, use: "command" });
    joined = "";
    count = 0;
  }
}

const FENCE = /^[ \t>]{0,16}(`{3,20}|~{3,20})[ \t]{0,4}\{?\.?([\w+-]{0,30})/;
const SHELL = /^(?:|sh|bash|shell|zsh|fish|console|terminal|powershell|pwsh|ps1|text|cmd|bat|dockerfile)$/i;

/** Commands and server configurations that a Markdown text shows: in blocks of code and in words set as code. */
export function readMarkdown(set: PackageSet, path: string, text: string): void {
  let fence: { mark: string; language: string; line: number; rows: string[]; size: number } | null = null;
  for (const { text: row, line } of linesOf(text, MAX_LINE)) {
    const mark = FENCE.exec(row);
    if (fence === null && mark) fence = { mark: mark[1]!, language: mark[2]!, line, rows: [], size: 0 };
    else if (fence !== null && mark?.[1]?.startsWith(fence.mark) && mark[2] === "") {
      readFence(set, path, fence);
      fence = null;
    } else if (fence !== null) {
      fence.size += row.length;
      if (fence.size <= MAX_FENCE) fence.rows.push(row);
    } else if (NAMES_PACKAGES.test(row))
      for (const code of row.matchAll(/`([^`\n]{3,500})`/g))
        if (NAMES_PACKAGES.test(code[1]!)) addCommands(set, code[1]!, { path, line, use: "command" });
  }
  if (fence !== null) readFence(set, path, fence);
}

function readFence(set: PackageSet, path: string, fence: { language: string; line: number; rows: string[] }): void {
  const text = fence.rows.join("\n");
  if (!NAMES_PACKAGES.test(text)) return;
  if (/^jsonc?5?$/i.test(fence.language) || /^\s{0,20}[{"]/.test(text)) readServers(set, path, text, fence.line);
  else if (SHELL.test(fence.language)) readLines(set, path, text, fence.line);
}

/** Commands that start servers, in any JSON that has `command` and `args`; a part of an object, as documents show it, too. */
export function readServers(set: PackageSet, path: string, text: string, before: number): void {
  if (!text.includes('"command"')) return;
  const value = parsed(text) ?? parsed(`{${text.replace(/,\s{0,20}$/, "")}}`);
  const lines = keyLines(text);
  const waiting: { value: unknown; name: string }[] = [{ value, name: "" }];
  for (let seen = 0; waiting.length > 0 && seen < MOST_NODES; seen++) {
    const { value: node, name } = waiting.pop()!;
    if (Array.isArray(node)) for (const item of node.slice(0, 1000)) waiting.push({ value: item, name });
    else if (isFields(node)) {
      addServer(set, path, node, before + (lines.get(name) ?? lines.get("command") ?? 1));
      for (const [key, item] of Object.entries(node).slice(0, 1000))
        if (typeof item === "object") waiting.push({ value: item, name: key });
    }
  }
}

function addServer(set: PackageSet, path: string, node: Record<string, unknown>, line: number): void {
  const command = valueIn(node, "command");
  const args = valueIn(node, "args");
  if (typeof command !== "string" || command.length > MAX_LINE) return;
  const rest = Array.isArray(args) ? args.slice(0, 60).filter((item) => typeof item === "string") : [];
  const words = /\s/.test(command) && rest.length === 0 ? command.split(/\s+/) : [baseName(command), ...rest];
  for (const wanted of packagesOfCommand(words)) set.add({ ...wanted, transitive: false, path, line, use: "server" });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return null;
  }
}
