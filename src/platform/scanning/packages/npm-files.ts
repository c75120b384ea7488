import { type Fields, fieldsOf, isFields, valueIn } from "../../../core/package/front-matter.ts";
import type { PackageSet } from "./package-set.ts";
import { keyLines, linesOf } from "./text-lines.ts";

const SECTIONS = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
const RUN_AT_INSTALL = ["preinstall", "install", "postinstall"];
const NESTED = 20;

/** package.json: what it needs, and what it runs when it is installed. */
export function readPackageJson(set: PackageSet, path: string, text: string): void {
  const fields: unknown = JSON.parse(text);
  if (!isFields(fields)) return;
  const lines = keyLines(text);
  for (const section of SECTIONS)
    for (const [name, spec] of Object.entries(fieldsOf(fields, section)))
      if (typeof spec === "string")
        set.add({
          ecosystem: "npm",
          name,
          spec,
          transitive: false,
          path,
          line: lines.get(name) ?? null,
          use: "dependency",
        });
  const scripts = fieldsOf(fields, "scripts");
  for (const name of RUN_AT_INSTALL) {
    const script = valueIn(scripts, name);
    if (typeof script === "string")
      set.remark({ rule: "install-script", text: `${name}: ${script}`, path, line: lines.get(name) ?? null });
  }
}

/** package-lock.json and npm-shrinkwrap.json, versions 1 to 3 of the format. */
export function readPackageLock(set: PackageSet, path: string, text: string): void {
  const fields: unknown = JSON.parse(text);
  if (!isFields(fields)) return;
  const lines = keyLines(text);
  const packages = fieldsOf(fields, "packages");
  const direct = new Set(SECTIONS.flatMap((section) => Object.keys(fieldsOf(fieldsOf(packages, ""), section))));
  const add = (name: string, spec: string, transitive: boolean, key: string) =>
    set.add({ ecosystem: "npm", name, spec, transitive, path, line: lines.get(key) ?? null, use: "dependency" });
  for (const [key, entry] of Object.entries(packages)) {
    const folder = key.lastIndexOf("node_modules/");
    if (folder < 0 || !isFields(entry) || valueIn(entry, "link") === true) continue;
    const installed = key.slice(folder + "node_modules/".length);
    const name = stringIn(entry, "name") ?? installed;
    add(name, stringIn(entry, "version") ?? "", folder > 0 || !direct.has(installed), key);
  }
  if (Object.keys(packages).length > 0) return;
  let level = [fieldsOf(fields, "dependencies")];
  for (let depth = 0; depth < NESTED && level.length > 0; depth++) {
    const next: Fields[] = [];
    for (const dependencies of level)
      for (const [name, entry] of Object.entries(dependencies)) {
        if (!isFields(entry)) continue;
        add(name, stringIn(entry, "version") ?? "", true, name);
        next.push(fieldsOf(entry, "dependencies"));
      }
    level = next;
  }
}

/** yarn.lock, of Yarn 1 and of later ones. */
export function readYarnLock(set: PackageSet, path: string, text: string): void {
  let head: { name: string; line: number } | null = null;
  for (const { text: row, line } of linesOf(text)) {
    if (/^["'@\w]/.test(row) && row.endsWith(":")) {
      const first = row.replace(/^["']/, "").split(/["']?,|["']?:$/)[0]!;
      const alias = /@npm:((?:@[^/@]{1,100}\/)?[^/@]{1,100})@/.exec(first);
      const at = first.indexOf("@", 1);
      head =
        at > 0 && !/@(?:workspace|link|portal|file):/.test(first)
          ? { name: alias?.[1] ?? first.slice(0, at), line }
          : null;
    }
    const version = /^ {2}version:? "?([^"\s]{1,100})"?$/.exec(row)?.[1];
    if (head === null || version === undefined) continue;
    set.add({
      ecosystem: "npm",
      name: head.name,
      spec: version,
      transitive: true,
      path,
      line: head.line,
      use: "dependency",
    });
    head = null;
  }
}

const PNPM_ENTRY = /^ {2}['"]?\/?((?:@[^/@\s'"]{1,100}\/)?[^/@\s'"(]{1,100})[@/](\d[^\s'"(:_]{0,60})/;

/** pnpm-lock.yaml: the entries of `packages`. */
export function readPnpmLock(set: PackageSet, path: string, text: string): void {
  let inside = false;
  for (const { text: row, line } of linesOf(text)) {
    if (/^\S/.test(row)) inside = row.startsWith("packages:") || row.startsWith("snapshots:");
    const entry = inside ? PNPM_ENTRY.exec(row) : null;
    if (entry)
      set.add({ ecosystem: "npm", name: entry[1]!, spec: entry[2]!, transitive: true, path, line, use: "dependency" });
  }
}

const BUN_ENTRY = /^\s{2,8}"[^"\n]{1,300}":\s{0,4}\["((?:@[^"@/]{1,100}\/)?[^"@/]{1,100})@(\d[^"]{0,100})"/;

/** bun.lock: the entries of `packages`. */
export function readBunLock(set: PackageSet, path: string, text: string): void {
  for (const { text: row, line } of linesOf(text)) {
    const entry = BUN_ENTRY.exec(row);
    if (entry)
      set.add({ ecosystem: "npm", name: entry[1]!, spec: entry[2]!, transitive: true, path, line, use: "dependency" });
  }
}

const stringIn = (fields: Fields, name: string): string | null => {
  const value = valueIn(fields, name);
  return typeof value === "string" ? value : null;
};
