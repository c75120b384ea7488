/** Package ecosystems, spelt as OSV spells them (ossf.github.io/osv-schema). */
export const ECOSYSTEMS = [
  "npm",
  "PyPI",
  "Go",
  "crates.io",
  "RubyGems",
  "Packagist",
  "NuGet",
  "Maven",
  "Hex",
  "Pub",
] as const;
export type Ecosystem = (typeof ECOSYSTEMS)[number];

/** A package of another ecosystem that a version of an asset names: what it would install, import or start. */
export interface PackageReference {
  ecosystem: Ecosystem;
  /** Normalised as the ecosystem does (PyPI: PEP 503), at most 214 characters. */
  name: string;
  /** The exact version, when the file says one; null for a range or nothing. */
  version: string | null;
  /** The range as it is written, at most 200 characters; null when `version` is exact or nothing is said. */
  range: string | null;
  /** In a lockfile, beneath another package. */
  transitive: boolean;
  path: string;
  line: number | null;
}
