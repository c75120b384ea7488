import semver from "semver";
import type { Ecosystem, PackageReference } from "../../../core/package-reference.ts";

/** How a package comes to be installed: listed in a file, named in a command, or started as a server by an agent. */
export type Use = "dependency" | "command" | "server";

/** A place that names a package, as its reader found it. */
export interface NamedPackage {
  ecosystem: Ecosystem;
  name: string;
  /** A version, range, tag or address, as it is written. */
  spec: string;
  transitive: boolean;
  path: string;
  line: number | null;
  use: Use;
}

/** A dependency that no registry serves. */
export interface RemoteSource {
  name: string;
  address: string;
  path: string;
  line: number | null;
}

/** Something else about packages that people should know of. */
export interface PackageRemark {
  rule: "install-script" | "unreadable" | "too-many";
  text: string;
  path: string;
  line: number | null;
}

export interface PackageSet {
  add(named: NamedPackage): void;
  remark(remark: PackageRemark): void;
  readonly remotes: readonly RemoteSource[];
  readonly remarks: readonly PackageRemark[];
  /** Direct ones first, then by ecosystem and name: the order does not depend on that of the files. */
  references(): (PackageReference & { use: Use })[];
}

/** So many packages of a version are kept; what is left out is remarked. */
export const MOST_PACKAGES = 5000;
const MOST_REMARKS = 50;
const MAX_NAME = 214;
const MAX_RANGE = 200;

const NAMES: Partial<Record<Ecosystem, RegExp>> = {
  npm: /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9_~-][a-z0-9._~-]*$/i,
  PyPI: /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
};
const ANY_NAME = /^[a-z0-9@_][\w.@/~+:-]*$/i;

/** The name as its ecosystem compares names (PyPI: PEP 503); null for what cannot be one. */
export function packageName(ecosystem: Ecosystem, written: string): string | null {
  const folds = ecosystem === "PyPI" ? written.toLowerCase().replace(/[-_.]+/g, "-") : written;
  const name = ecosystem === "Packagist" || ecosystem === "NuGet" ? folds.toLowerCase() : folds;
  return name.length <= MAX_NAME && (NAMES[ecosystem] ?? ANY_NAME).test(name) ? name : null;
}

const LOCAL = /^(?:workspace:|file:|link:|portal:|path:|patch:|\.{0,2}\/|~\/|\.$)/;
const REMOTE =
  /^(?:git\+|git:|git@|https?:|ssh:|github:|gitlab:|bitbucket:|gist:)|^[\w.-]{1,60}\/[\w.-]{1,100}(?:#.{0,100})?$/;

/** Gathers what the readers of files and commands find, each package once, in bounded memory. */
export function createPackageSet(): PackageSet {
  const found = new Map<string, PackageReference & { use: Use }>();
  const remotes: RemoteSource[] = [];
  const remarks: PackageRemark[] = [];
  const remark = (one: PackageRemark): void => {
    if (remarks.length < MOST_REMARKS) remarks.push(one);
  };
  return {
    remotes,
    remarks,
    remark,
    add(named) {
      const { ecosystem, transitive, path, line, use } = named;
      const { written, spec } = withoutAlias(named);
      if (LOCAL.test(spec)) return;
      const name = packageName(ecosystem, written);
      if (REMOTE.test(spec)) {
        if (remotes.length < MOST_REMARKS)
          remotes.push({ name: written.slice(0, MAX_NAME), address: spec.slice(0, 200), path, line });
        return;
      }
      if (name === null) return;
      const version = exactVersion(ecosystem, spec);
      const range = version === null && spec !== "" && spec !== "*" ? spec.slice(0, MAX_RANGE) : null;
      const key = [ecosystem, name, version, range].join("\n");
      const known = found.get(key);
      if (known) {
        known.transitive &&= transitive;
        if (known.use !== "server") known.use = use;
        return;
      }
      if (found.size === MOST_PACKAGES)
        remark({ rule: "too-many", text: `More than ${MOST_PACKAGES} packages are named.`, path, line });
      if (found.size > MOST_PACKAGES) return;
      found.set(key, { ecosystem, name, version, range, transitive, path, line, use });
    },
    references() {
      const all = [...found.values()].slice(0, MOST_PACKAGES);
      const direct = new Set(all.filter((one) => !one.transitive).map(({ ecosystem, name }) => `${ecosystem} ${name}`));
      return all
        .map((one) => ({ ...one, transitive: !direct.has(`${one.ecosystem} ${one.name}`) }))
        .sort(
          (a, b) =>
            Number(a.transitive) - Number(b.transitive) ||
            compareText(a.ecosystem, b.ecosystem) ||
            compareText(a.name, b.name) ||
            compareText(a.version ?? "", b.version ?? "") ||
            compareText(a.range ?? "", b.range ?? ""),
        );
    },
  };
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** `"foo": "npm:bar@1"` installs bar. */
function withoutAlias({ ecosystem, name, spec }: NamedPackage): { written: string; spec: string } {
  const plain = spec.trim().slice(0, 500);
  if (ecosystem !== "npm" || !plain.startsWith("npm:")) return { written: name.trim(), spec: plain };
  const rest = plain.slice(4);
  const at = rest.lastIndexOf("@");
  if (at > 0) return { written: rest.slice(0, at), spec: rest.slice(at + 1) };
  return /^[\^~<>=\d*]/.test(rest) ? { written: name.trim(), spec: rest } : { written: rest, spec: "" };
}

/** The one version that a spec means; null for a range, a tag or nothing. */
export function exactVersion(ecosystem: Ecosystem, spec: string): string | null {
  if (spec.length > 100) return null;
  switch (ecosystem) {
    case "npm":
    case "crates.io":
      return semver.valid(spec.replace(/^=\s{0,9}/, ""), { loose: true });
    case "PyPI":
      return /^={2,3}\s{0,9}([0-9A-Za-z][0-9A-Za-z.!+_-]{0,80})$/.exec(spec)?.[1] ?? null;
    default:
      return /^=?\s{0,9}v?(\d[0-9A-Za-z.+_-]{0,80})$/.exec(spec)?.[1] ?? null;
  }
}
