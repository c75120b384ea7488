import type { Ecosystem } from "../../core/package-reference.ts";
import type { Instant } from "../../core/clock.ts";

export const LEVELS = ["critical", "high", "medium", "low"] as const;
/** How bad it is for whom it affects (CVSS v3.1 section 5, v4.0 section 6). */
export type Level = (typeof LEVELS)[number];

/** Assets of this server as an ecosystem beside those of OSV: names are `namespace/slug`, versions semver. */
export const OWN_ECOSYSTEM = "marketplace";
export type AdvisoryEcosystem = Ecosystem | typeof OWN_ECOSYSTEM;

/** An OSV event: exactly one of them is set. */
export interface RangeEvent {
  introduced?: string;
  fixed?: string;
  last_affected?: string;
}

/** What of a package is affected, as OSV says it; ranges of commits are left out. */
export interface Affected {
  ranges: RangeEvent[][];
  versions: string[];
}

export interface AffectedPackage extends Affected {
  ecosystem: AdvisoryEcosystem;
  name: string;
}

/** What readers of an advisory's page see beside its numbers. */
export interface AdvisoryDocument {
  details: string;
  aliases: string[];
  references: { type: string; url: string }[];
  /** CVSS vectors and whatever else was said of its severity. */
  severity: { type: string; score: string }[];
}

/** A known vulnerability, or a malicious package, in OSV's words (ossf.github.io/osv-schema). */
export interface Advisory extends AdvisoryDocument {
  id: string;
  origin: "imported" | "own";
  modified: Instant;
  published: Instant | null;
  withdrawn: Instant | null;
  /** null: nobody has said. */
  level: Level | null;
  /** A package that does harm by intention. */
  malicious: boolean;
  summary: string;
  packages: AffectedPackage[];
}

/** An advisory that touches a version, and through what. */
export interface Touch {
  advisoryId: string;
  ecosystem: AdvisoryEcosystem;
  package: string;
  /** The version or range that the file names. */
  packageVersion: string | null;
  /** The least version that mends it. */
  fixed: string | null;
  path: string | null;
  line: number | null;
}

/** A touch as a version's page and answers show it. */
export interface ShownTouch extends Touch {
  level: Level | null;
  malicious: boolean;
  summary: string;
}
