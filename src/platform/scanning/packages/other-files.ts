import { parse } from "smol-toml";
import type { Ecosystem } from "../../../core/package-reference.ts";
import { type Fields, fieldsOf, isFields, valueIn } from "../../../core/package/front-matter.ts";
import type { PackageSet } from "./package-set.ts";
import { keyLines, linesOf } from "./text-lines.ts";

const MOST_ENTRIES = 5000;

/** Lockfiles of `[[package]]` tables: poetry.lock and uv.lock (PyPI), Cargo.lock (crates.io). */
export const readTomlLock =
  (ecosystem: "PyPI" | "crates.io") =>
  (set: PackageSet, path: string, text: string): void => {
    let entry: { name: string; version: string; line: number; source: string | null } | null = null;
    const flush = () => {
      // Cargo gives what comes from elsewhere a source; uv says of its own projects where they lie.
      const own =
        ecosystem === "crates.io" ? entry?.source === null : /virtual|editable|directory/.test(entry?.source ?? "");
      if (entry && !own && entry.name !== "" && entry.version !== "") {
        const spec = ecosystem === "PyPI" ? `==${entry.version}` : entry.version;
        set.add({ ecosystem, name: entry.name, spec, transitive: true, path, line: entry.line, use: "dependency" });
      }
      entry = null;
    };
    for (const { text: row, line } of linesOf(text)) {
      if (row.startsWith("[")) {
        // `[package.dependencies]` belongs to the package before.
        if (!row.startsWith("[package.")) flush();
        if (row.startsWith("[[package]]")) entry = { name: "", version: "", line, source: null };
      } else if (entry !== null) noteField(entry, row);
    }
    flush();
  };

function noteField(entry: { name: string; version: string; source: string | null }, row: string): void {
  const field = /^(name|version|source) = ("[^"]{0,300}"|\{.{0,500})/.exec(row);
  if (!field) return;
  const value = field[2]!.replace(/^"|"$/g, "");
  if (field[1] === "source") entry.source = value;
  else if (field[1] === "name" && entry.name === "") entry.name = value;
  else if (field[1] === "version" && entry.version === "") entry.version = value;
}

/** go.mod. */
export function readGoMod(set: PackageSet, path: string, text: string): void {
  let inside = false;
  for (const { text: row, line } of linesOf(text)) {
    const plain = row.trim();
    if (/^require[ \t]{0,9}\($/.test(plain)) inside = true;
    else if (plain === ")") inside = false;
    const named =
      /^(?:require[ \t]{1,9})?([\w.~-]{1,100}(?:\/[\w.~-]{1,100}){0,12})[ \t]{1,9}v(\d[\w.+-]{0,100})(.{0,100})/.exec(
        plain,
      );
    if (!named || !(inside || plain.startsWith("require"))) continue;
    const transitive = named[3]!.includes("// indirect");
    set.add({ ecosystem: "Go", name: named[1]!, spec: named[2]!, transitive, path, line, use: "dependency" });
  }
}

/** Cargo.toml. */
export function readCargoToml(set: PackageSet, path: string, text: string): void {
  const fields = parse(text) as Fields;
  const sections = ["dependencies", "dev-dependencies", "build-dependencies"];
  const owners = [fields, fieldsOf(fields, "workspace"), ...Object.values(fieldsOf(fields, "target")).filter(isFields)];
  const lines = new Map<string, number>();
  for (const { text: row, line } of linesOf(text)) {
    const key = /^(?:\[[\w.-]{0,100}dependencies\.)?"?([\w-]{1,100})/.exec(row)?.[1];
    if (key !== undefined && !lines.has(key)) lines.set(key, line);
  }
  for (const table of owners.flatMap((owner) => sections.map((section) => fieldsOf(owner, section))))
    for (const [key, spec] of Object.entries(table).slice(0, MOST_ENTRIES)) {
      const one = isFields(spec) ? spec : { version: spec };
      const read = (name: string): string | null => {
        const value = valueIn(one, name);
        return typeof value === "string" ? value : null;
      };
      const version = read("version") ?? "";
      const git = read("git");
      const at =
        read("path") !== null ? "path:" : git !== null ? `git+${git}` : /^\d/.test(version) ? `^${version}` : version;
      set.add({
        ecosystem: "crates.io",
        name: read("package") ?? key,
        spec: at,
        transitive: false,
        path,
        line: lines.get(key) ?? null,
        use: "dependency",
      });
    }
}

/** Gemfile.lock. */
export function readGemfileLock(set: PackageSet, path: string, text: string): void {
  const direct = new Set<string>();
  const found: { name: string; spec: string; line: number }[] = [];
  let section = "";
  for (const { text: row, line } of linesOf(text)) {
    if (/^[A-Z]/.test(row)) section = row.trim();
    const gem = /^ {4}([\w.-]{1,100}) \((\d[^()\s]{0,80})\)$/.exec(row);
    if (section === "GEM" && gem && found.length < MOST_ENTRIES)
      found.push({ name: gem[1]!, spec: gem[2]!.replace(/-(?:x86|arm|java|universal|aarch)[\w-]*$/, ""), line });
    const named = section === "DEPENDENCIES" ? /^ {2}([\w.-]{1,100})/.exec(row)?.[1] : undefined;
    if (named !== undefined) direct.add(named);
  }
  for (const { name, spec, line } of found)
    set.add({ ecosystem: "RubyGems", name, spec, transitive: !direct.has(name), path, line, use: "dependency" });
}

/** composer.lock. */
export function readComposerLock(set: PackageSet, path: string, text: string): void {
  const fields: unknown = JSON.parse(text);
  if (!isFields(fields)) return;
  for (const section of ["packages", "packages-dev"]) {
    const list = valueIn(fields, section);
    for (const entry of Array.isArray(list) ? list.slice(0, MOST_ENTRIES).filter(isFields) : []) {
      const [name, version] = [valueIn(entry, "name"), valueIn(entry, "version")];
      if (typeof name === "string" && typeof version === "string")
        set.add({
          ecosystem: "Packagist",
          name,
          spec: version.replace(/^v/, ""),
          transitive: true,
          path,
          line: null,
          use: "dependency",
        });
    }
  }
}

const REGISTRIES = new Map<string, Ecosystem>([
  ["npm", "npm"],
  ["pypi", "PyPI"],
  ["nuget", "NuGet"],
]);

/** server.json of an MCP server: the packages that its users start. */
export function readServerJson(set: PackageSet, path: string, text: string): void {
  const fields: unknown = JSON.parse(text);
  const packages = isFields(fields) ? valueIn(fields, "packages") : null;
  const lines = keyLines(text);
  for (const entry of Array.isArray(packages) ? packages.slice(0, 200).filter(isFields) : []) {
    const read = (...names: string[]): string => {
      for (const name of names) {
        const value = valueIn(entry, name);
        if (typeof value === "string") return value;
      }
      return "";
    };
    const ecosystem = REGISTRIES.get(read("registryType", "registry_type", "registry_name").toLowerCase());
    if (!ecosystem) continue;
    const version = read("version");
    set.add({
      ecosystem,
      name: read("identifier", "name"),
      spec: ecosystem === "PyPI" && /^\d/.test(version) ? `==${version}` : version,
      transitive: false,
      path,
      line: lines.get("packages") ?? null,
      use: "server",
    });
  }
}
