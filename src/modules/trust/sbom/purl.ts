import semver from "semver";
import type { Ecosystem } from "../../../core/package-reference.ts";
import type { Digest } from "../../../core/digest.ts";

/** A package's name as package URLs and bills of materials split it; the purl is null for what its type does not allow. */
export interface PackageUrl {
  group: string | null;
  name: string;
  purl: string | null;
}

interface PurlType {
  type: string;
  /** Types whose names have no case (purl-spec, types). */
  lower: boolean;
  /** What stands between group and name in the ecosystem's own spelling; null: names are one word. */
  separator: "/" | ":" | null;
  /** Whether there is no such package without a group. */
  grouped: boolean;
}

const TYPES: Record<Ecosystem, PurlType> = {
  npm: { type: "npm", lower: true, separator: "/", grouped: false },
  PyPI: { type: "pypi", lower: true, separator: null, grouped: false },
  Go: { type: "golang", lower: true, separator: "/", grouped: false },
  "crates.io": { type: "cargo", lower: false, separator: null, grouped: false },
  RubyGems: { type: "gem", lower: false, separator: null, grouped: false },
  Packagist: { type: "composer", lower: true, separator: "/", grouped: true },
  NuGet: { type: "nuget", lower: false, separator: null, grouped: false },
  Maven: { type: "maven", lower: false, separator: ":", grouped: true },
  Hex: { type: "hex", lower: true, separator: "/", grouped: false },
  Pub: { type: "pub", lower: true, separator: null, grouped: false },
};

/** Everything but letters, digits, `.-_~` and the colon is percent-encoded (purl-spec, "Character encoding"). */
const encoded = (text: string): string =>
  encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%3A", ":");

const pathOf = (group: string): string => group.split("/").map(encoded).join("/");

/** What the names of all these ecosystems are made of. */
const NAME = /^[\w.@/~+:-]+$/;
/** Parts of paths that name nothing. */
const EMPTY = new Set(["", ".", ".."]);

/** The package URL of a package of another ecosystem, without a version where none is exact. */
export function packageUrl(ecosystem: Ecosystem, written: string, version: string | null): PackageUrl {
  const { type, lower, separator, grouped } = TYPES[ecosystem];
  const at = separator === null ? -1 : written.lastIndexOf(separator);
  const group = at > 0 ? written.slice(0, at) : null;
  const name = at > 0 ? written.slice(at + 1) : written;
  const parts = [...(group === null ? [] : group.split("/")), name];
  const isNamed = NAME.test(written) && !parts.some((part) => EMPTY.has(part)) && (group !== null || !grouped);
  if (!isNamed || (ecosystem === "Pub" && !/^\w+$/.test(name))) return { group: null, name: written, purl: null };
  const spelt = (text: string): string => (lower ? text.toLowerCase() : text);
  const path = group === null ? encoded(spelt(name)) : `${pathOf(spelt(group))}/${encoded(spelt(name))}`;
  return { group, name, purl: `pkg:${type}/${path}${atVersion(ecosystem, version)}` };
}

/**
 * Go's tools write versions with a `v` that our extraction leaves out; in package URLs it is part of the version, which is semver
 * then or not named.
 */
function atVersion(ecosystem: Ecosystem, version: string | null): string {
  if (version === null || version === "") return "";
  if (ecosystem !== "Go") return `@${encoded(version)}`;
  return /^\d/.test(version) && semver.parse(version)?.raw === version ? `@v${encoded(version)}` : "";
}

/** The package URL of one of our own assets; `version` and `digest` where they are known. */
export const assetUrl = (
  asset: { namespace: string; slug: string },
  version: string | null,
  digest: Digest | null,
): string =>
  `pkg:generic/${encoded(asset.namespace)}/${encoded(asset.slug)}${version === null ? "" : `@${encoded(version)}`}${
    digest === null ? "" : `?checksum=${digest}`
  }`;
