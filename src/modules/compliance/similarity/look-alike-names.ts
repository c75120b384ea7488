import { SEVERITIES, type Severity } from "../../../core/kind.ts";
import type { Finding } from "../../../platform/scanning/scanner.ts";
import { type Asset, versionsOf } from "../../catalog/index.ts";
import type { CatalogueCheck, CheckedVersion } from "../catalogue-check.ts";
import { compareNames, POPULAR, posesAs, type Resemblance, withoutAffixes } from "./compare-names.ts";
import { foldName, neighbourhood } from "./fold-name.ts";
import { indexName } from "./index-names.ts";
import { type OtherAsset, type Owner, assetsByNameKeys } from "./repository.ts";

export const LOOK_ALIKE_NAMES = "look-alike-names";
const MOST_FINDINGS = 3;
const REMEDY =
  "Choose a name that nobody takes for the other one. Where the name is right, a moderator lets the version through: say in the README what the two have to do with each other.";

const HOW: Readonly<Record<Resemblance, string>> = {
  namespace: "Has the name of another asset in a namespace that is easily taken for that asset's",
  confusable: "Has a name that looks like that of another asset: characters that are taken for each other differ",
  separators: "Has the name of another asset, but for hyphens or doubled letters",
  "one-edit": "Has the name of another asset with one letter changed, added, left out or exchanged",
  affix: "Has the name of another asset with a word before or after it that makes it look like a variant of that",
  "same-name": "Has the same name, in another namespace, as an asset that many use",
  title: "Has the title of another asset, written with letters of another script that look alike",
};

/** Rules in the order of the page about them. */
export const LOOK_ALIKE_RULES: readonly string[] = [...Object.keys(HOW), "well-known"];

/**
 * Holds a new asset whose name resembles that of another owner's, before its first version is released. Compares with assets
 * that everybody who is signed in may find; only public ones are named, since findings are shown to every reader.
 */
export const createLookAlikeNames = (): CatalogueCheck => ({
  name: LOOK_ALIKE_NAMES,
  version: "1",
  async check(database, { asset, version }, signal) {
    await database.write((tx) => indexName(tx, { assetId: asset.id, slug: asset.slug, title: asset.title }));
    const released = await versionsOf(database.read, asset.id);
    if (released.some(({ releasedAt }) => releasedAt !== null)) return [];
    signal.throwIfAborted();
    const [owner, keys] = [ownerOf({ asset, version }), keysToFind(asset)];
    const others = await assetsByNameKeys(database.read, "foreign", owner, keys);
    const own = others.length === 0 ? [] : await assetsByNameKeys(database.read, "own", owner, keys);
    const pose = posesAs(asset);
    const found = others.flatMap((other) => {
      const resemblance = compareNames(asset, other);
      return resemblance === null || own.some((mine) => isOlderKin(mine, other)) ? [] : [findingOf(resemblance, other)];
    });
    const known = pose === null ? [] : [wellKnown(pose)];
    return [...known, ...found]
      .toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity))
      .slice(0, MOST_FINDINGS);
  },
});

/** Whose other assets are their own business. */
export const ownerOf = ({ asset, version }: Pick<CheckedVersion, "asset" | "version">): Owner => ({
  assetId: asset.id,
  namespaceId: asset.namespaceId,
  people: [...new Set([asset.createdBy, version.publishedBy])],
});

/** An own asset that is called so, too, and was there before the other: then the other is the look-alike. */
const isOlderKin = (mine: OtherAsset, other: OtherAsset): boolean =>
  mine.createdAt < other.createdAt &&
  (foldName(mine.slug) === foldName(other.slug) || compareNames(mine, { ...other, downloads: POPULAR }) !== null);

const keysToFind = (asset: Asset): string[] => [
  ...neighbourhood(foldName(asset.slug)).map((key) => `s:${key}`),
  ...withoutAffixes(asset.slug).map((rest) => `p:${rest}`),
  `t:${foldName(asset.title)}`,
];

function findingOf({ kind, severity }: { kind: Resemblance; severity: Severity }, other: OtherAsset): Finding {
  const shown = other.visibility === "public";
  return finding(kind, severity, `${HOW[kind]}${shown ? ` (${other.namespace}/${other.slug})` : ""}.`, {
    excerpt: shown ? `${other.namespace}/${other.slug}` : "",
  });
}

const wellKnown = ({ part, name }: { part: string; name: string }): Finding =>
  finding("well-known", "high", `Is written so that it is taken for ${name}, which many know and trust.`, {
    excerpt: part,
  });

const finding = (id: string, severity: Severity, message: string, { excerpt }: { excerpt: string }): Finding => ({
  scanner: LOOK_ALIKE_NAMES,
  ruleId: `${LOOK_ALIKE_NAMES}/${id}`,
  severity,
  category: "look-alike",
  path: null,
  line: null,
  column: null,
  excerpt: excerpt.slice(0, 200),
  message,
  remedy: REMEDY,
});
