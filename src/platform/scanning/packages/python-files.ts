import { parse } from "smol-toml";
import { type Fields, fieldsOf, isFields, valueIn } from "../../../core/package/front-matter.ts";
import type { PackageSet, Use } from "./package-set.ts";
import { keyLines, linesOf } from "./text-lines.ts";

/** TOML beyond this is not parsed: files that people write are far smaller. */
export const MAX_TOML = 512 * 1024;
const MOST_ENTRIES = 2000;

/** A requirement as PEP 508 writes it: `name[extra] >=1,<2 ; marker` or `name @ address`; null for anything else. */
export function requirementOf(written: string): { name: string; spec: string } | null {
  const text = written.slice(0, 1000).trim();
  const named = /^([A-Za-z0-9](?:[A-Za-z0-9._-]{0,213}[A-Za-z0-9])?)[ \t]{0,20}(?:\[[^\]\n]{0,300}\])?[ \t]{0,20}/.exec(
    text,
  );
  if (!named) return null;
  const rest = text.slice(named[0].length);
  if (rest.startsWith("@")) return { name: named[1]!, spec: rest.slice(1).trim().split(/\s/)[0]! };
  const spec = rest
    .split(";")[0]!
    .trim()
    .replace(/^\((.{0,500})\)$/, "$1");
  return spec === "" || /^[<>=!~]/.test(spec) ? { name: named[1]!, spec } : null;
}

/** requirements.txt, constraints.txt and files like them. */
export function readRequirements(set: PackageSet, path: string, text: string): void {
  for (const { text: row, line } of linesOf(text)) {
    const plain = row
      .replace(/(?:^|[ \t])#.*$/, "")
      .replace(/[ \t]--hash[= ].*$/, "")
      .replace(/[ \t]{0,20}\\$/, "")
      .trim();
    const editable = /^(?:-e|--editable)[ =](.{1,500})$/.exec(plain)?.[1];
    if (/^git\+|^https?:/.test(editable ?? plain)) {
      const address = (editable ?? plain).trim();
      const name = /#egg=([\w.-]{1,100})/.exec(address)?.[1] ?? "";
      set.add({ ecosystem: "PyPI", name, spec: address, transitive: false, path, line, use: "dependency" });
    } else if (plain !== "" && !plain.startsWith("-")) addRequirement(set, plain, path, line);
  }
}

function addRequirement(
  set: PackageSet,
  written: string,
  path: string,
  line: number | null,
  use: Use = "dependency",
): void {
  const requirement = requirementOf(written);
  if (requirement) set.add({ ecosystem: "PyPI", ...requirement, transitive: false, path, line, use });
}

/** pyproject.toml: PEP 621, dependency groups (PEP 735), build requirements, Poetry, uv. */
export function readPyproject(set: PackageSet, path: string, text: string): void {
  const fields = parse(text) as Fields;
  const lines = lineFinder(text);
  const project = fieldsOf(fields, "project");
  const tool = fieldsOf(fields, "tool");
  const lists = [
    valueIn(project, "dependencies"),
    ...Object.values(fieldsOf(project, "optional-dependencies")),
    ...Object.values(fieldsOf(fields, "dependency-groups")),
    valueIn(fieldsOf(fields, "build-system"), "requires"),
    valueIn(fieldsOf(tool, "uv"), "dev-dependencies"),
  ];
  for (const list of lists)
    for (const item of Array.isArray(list) ? list.slice(0, MOST_ENTRIES) : [])
      if (typeof item === "string") addRequirement(set, item, path, lines(item));
  const poetry = fieldsOf(tool, "poetry");
  const groups = Object.values(fieldsOf(poetry, "group")).filter(isFields);
  for (const table of [poetry, ...groups].flatMap((from) => [
    fieldsOf(from, "dependencies"),
    fieldsOf(from, "dev-dependencies"),
  ]))
    for (const [name, spec] of Object.entries(table).slice(0, MOST_ENTRIES)) {
      if (name === "python") continue;
      const version = typeof spec === "string" ? spec : isFields(spec) ? addressOf(spec) : null;
      if (version !== null)
        set.add({
          ecosystem: "PyPI",
          name,
          // Poetry's `1.2.3` is that version alone.
          spec: /^\d/.test(version) ? `==${version}` : version === "*" ? "" : version,
          transitive: false,
          path,
          line: lines(name),
          use: "dependency",
        });
    }
}

const addressOf = (spec: Fields): string | null => {
  for (const key of ["path", "git", "url", "version"]) {
    const value = valueIn(spec, key);
    if (typeof value === "string") return key === "path" ? `path:${value}` : key === "git" ? `git+${value}` : value;
  }
  return null;
};

/** One pass over the words of a text; the place of a requirement is that of its name. */
function lineFinder(text: string): (written: string) => number | null {
  const first = new Map<string, number>();
  for (const { text: row, line } of linesOf(text))
    for (const match of row.matchAll(/(?:^|["'\s])([A-Za-z0-9][\w.-]{0,213})/g))
      if (!first.has(match[1]!)) first.set(match[1]!, line);
  return (written) => first.get(/^[\w.-]{1,214}/.exec(written)?.[0] ?? "") ?? null;
}

/** The inline metadata of a script (PEP 723). */
export function readScriptMetadata(set: PackageSet, path: string, text: string): void {
  const begin = /^# \/\/\/ script[ \t]{0,9}\r?$/m.exec(text);
  if (!begin) return;
  const content: string[] = [];
  const offset = text.slice(0, begin.index).split("\n").length;
  let closed = false;
  for (const { text: row, line } of linesOf(text.slice(begin.index, begin.index + MAX_TOML))) {
    if (line === 1) continue;
    closed = /^# \/\/\/[ \t]{0,9}$/.test(row);
    if (closed || !row.startsWith("#")) break;
    content.push(row.replace(/^# ?/, ""));
  }
  if (!closed) return;
  const toml = content.join("\n");
  const lines = lineFinder(toml);
  const dependencies = valueIn(parse(toml) as Fields, "dependencies");
  for (const item of Array.isArray(dependencies) ? dependencies.slice(0, MOST_ENTRIES) : [])
    if (typeof item === "string") addRequirement(set, item, path, offset + (lines(item) ?? 0));
}

/** Pipfile.lock. */
export function readPipfileLock(set: PackageSet, path: string, text: string): void {
  const fields: unknown = JSON.parse(text);
  if (!isFields(fields)) return;
  const lines = keyLines(text);
  for (const section of ["default", "develop"])
    for (const [name, entry] of Object.entries(fieldsOf(fields, section))) {
      const spec = isFields(entry) ? (addressOf(entry) ?? "") : "";
      set.add({
        ecosystem: "PyPI",
        name,
        spec,
        transitive: true,
        path,
        line: lines.get(name) ?? null,
        use: "dependency",
      });
    }
}
