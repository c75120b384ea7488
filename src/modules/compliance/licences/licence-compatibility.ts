import semver from "semver";
import { incompatibility, termsOfExpression } from "../../../core/licence-terms.ts";
import { parseRef } from "../../../core/name.ts";
import type { DeclaredDependency } from "../../../core/package/package.ts";
import { OPEN_STATUSES } from "../../../core/permission.ts";
import type { Queries } from "../../../platform/database/index.ts";
import type { Finding } from "../../../platform/scanning/scanner.ts";
import { type Asset, assetByName, refOf, type Version, versionsOf } from "../../catalog/index.ts";
import type { CatalogueCheck } from "../catalogue-check.ts";

export const LICENCE_COMPATIBILITY = "licence-compatibility";
/** Dependencies looked at, those of dependencies among them. */
const MOST = 60;
const DEPTH = 4;

/** Rules in the order of the page about them. */
export const LICENCE_COMPATIBILITY_RULES: readonly string[] = ["incompatible", "unknown"];

interface Part {
  asset: Asset;
  version: Version;
  /** The assets on the way to it. */
  through: readonly string[];
}

/**
 * Compares a version's licence with those of the assets it depends on, four levels deep. Only public assets, and those of the
 * same organization that the same people see, are looked at, since findings are shown to every reader. What it says is a reason to look, and no legal advice.
 */
export const createLicenceCompatibility = (): CatalogueCheck => ({
  name: LICENCE_COMPATIBILITY,
  version: "1",
  async check(database, { asset, version }, signal) {
    const findings: Finding[] = [];
    const seen = new Set([refOf(asset)]);
    let level: Omit<Part, "asset">[] = [{ version, through: [] }];
    for (let depth = 0; depth < DEPTH && level.length > 0; depth++) {
      const next: Part[] = [];
      for (const { version: dependent, through } of level) {
        for (const dependency of dependent.metadata.dependencies) {
          signal.throwIfAborted();
          if (seen.has(dependency.ref) || seen.size > MOST) continue;
          seen.add(dependency.ref);
          const part = await partOf(database.read, asset, dependency, through);
          if (part !== null) next.push(part);
        }
      }
      for (const part of next) findings.push(...judged(version.metadata.license, part));
      level = next;
    }
    return findings;
  },
});

/** The version that would be installed; null for what is not here, or not for every reader. */
async function partOf(
  q: Queries,
  root: Asset,
  { ref, range }: DeclaredDependency,
  through: readonly string[],
): Promise<Part | null> {
  const name = parseRef(ref);
  const asset = name && (await assetByName(q, name.namespace, name.slug));
  if (!asset || asset.deletedAt !== null || !OPEN_STATUSES.includes(asset.status)) return null;
  if (asset.visibility !== "public" && !haveSameReaders(root, asset)) return null;
  const released = (await versionsOf(q, asset.id)).filter(
    ({ status, yankedAt }) => status === "published" && yankedAt === null,
  );
  const wanted = semver.validRange(range) === null ? (asset.latest?.version ?? "") : null;
  const fitting = released
    .filter((each) => (wanted === null ? semver.satisfies(each.version, range) : each.version === wanted))
    .sort((a, b) => semver.rcompare(a.version, b.version));
  return fitting[0] ? { asset, version: fitting[0], through: [...through, ref] } : null;
}

/** Private assets have readers of their own each, also of one namespace. */
const haveSameReaders = (root: Asset, part: Asset): boolean =>
  part.namespaceId === root.namespaceId &&
  part.visibility === root.visibility &&
  (part.visibility === "organization" || part.visibility === "internal");

function judged(license: string | null, { asset, version, through }: Part): Finding[] {
  const part = version.metadata.license;
  const name = `${refOf(asset)}@${version.version}`;
  const way = through.length > 1 ? `, through ${through.slice(0, -1).join(" → ")}` : "";
  if (license !== null && termsOfExpression(part) === "unknown")
    return [
      finding("unknown", "info", name, {
        message: `Depends on ${name}${way}, of which nobody can say under what licence it is (${part ?? "none declared"}).`,
        remedy: "Ask its publisher to declare an SPDX licence.",
      }),
    ];
  const why = license === null ? null : incompatibility(license, part);
  return why === null
    ? []
    : [
        finding("incompatible", "medium", name, {
          message: `Is under ${license} and depends on ${name}${way}, which is under ${part}: ${why}.`,
          remedy:
            "Say in the README under what both may be used together, declare a licence that fits, or use another asset.",
        }),
      ];
}

const finding = (
  id: string,
  severity: Finding["severity"],
  excerpt: string,
  { message, remedy }: Pick<Finding, "message" | "remedy">,
): Finding => ({
  scanner: LICENCE_COMPATIBILITY,
  ruleId: `${LICENCE_COMPATIBILITY}/${id}`,
  severity,
  category: "licence",
  path: null,
  line: null,
  column: null,
  excerpt: excerpt.slice(0, 200),
  message,
  remedy,
});
