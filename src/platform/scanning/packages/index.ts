import type { PackageReference } from "../../../core/package-reference.ts";
import type { Finding, Scanner, ScanTarget } from "../scanner.ts";
import { type FoundPackages, findPackages } from "./find-packages.ts";
import { findingsAbout } from "./package-findings.ts";

/** The scanner that reads which packages of other ecosystems a version names. */
export const PACKAGES = "packages";

/** Raise it whenever the same bytes could give other packages or findings. */
const REVISION = 1;

/** Reads manifests, lockfiles and commands, never a registry; known vulnerabilities are matched elsewhere. */
export function createPackageScanner(): Scanner & {
  packages(target: ScanTarget, signal: AbortSignal): Promise<PackageReference[]>;
} {
  // Both questions are asked of one target, one after the other.
  const found = new WeakMap<ScanTarget, FoundPackages>();
  const find = async (target: ScanTarget, signal: AbortSignal): Promise<FoundPackages> => {
    const known = found.get(target) ?? (await findPackages(target, signal));
    found.set(target, known);
    return known;
  };
  return {
    name: PACKAGES,
    version: String(REVISION),
    scan: async (target, signal): Promise<Finding[]> => findingsAbout(await find(target, signal)),
    packages: async (target, signal) =>
      (await find(target, signal)).references.map(({ use: _, ...reference }) => reference),
  };
}
