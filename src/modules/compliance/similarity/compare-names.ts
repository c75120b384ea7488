import type { Severity } from "../../../core/kind.ts";
import { foldName, plainName, withinOneEdit } from "./fold-name.ts";

/** How the name of a new asset resembles that of another; one rule each. */
export type Resemblance = "namespace" | "confusable" | "separators" | "one-edit" | "affix" | "same-name" | "title";

/** What is compared of an asset. */
export interface NamedAsset {
  namespace: string;
  slug: string;
  title: string;
}

/** So many people have it that somebody gains by being taken for it. */
export const POPULAR = 50;

/** Words that claim to be the real one; an unknown asset's name with one of them misleads as well. */
const CLAIMS = ["official", "verified", "original", "authentic", "genuine", "real"];
const AFFIXES = [
  ...CLAIMS,
  ..."ai app bot cli client core dev free js kit latest lib llm lite mcp new node plus pro py plugin sdk server skill tool tools ts v2 x".split(
    " ",
  ),
];

/** Names whose bearers everybody knows; nobody else may look like them. Long ones also with one edit. */
const WELL_KNOWN = (
  "anthropic openai huggingface microsoft google github gitlab mistralai deepseek nvidia langchain databricks cloudflare supabase " +
  "atlassian salesforce kubernetes perplexity cohere stripe hashicorp postgres mongodb redis elastic snowflake jetbrains"
).split(" ");
const EDITED = 8;

/** The severity of a resemblance, and null where the names have nothing in common that misleads. */
export function compareNames(
  fresh: NamedAsset,
  other: NamedAsset & { downloads: number },
): { kind: Resemblance; severity: Severity } | null {
  const popular = other.downloads >= POPULAR;
  const held = (kind: Resemblance, when: boolean) => (when ? { kind, severity: "high" as const } : null);
  const [slug, known] = [foldName(fresh.slug), foldName(other.slug)];
  if (numbered(fresh.slug, other.slug)) return null;
  if (slug === known) {
    if (known.length >= 3 && sameNamespace(fresh.namespace, other.namespace, popular)) return held("namespace", true);
    if (fresh.slug === other.slug)
      return popular && known.length >= 4 ? { kind: "same-name", severity: "low" } : disguisedTitle(fresh, other);
    const [plain, plainKnown] = [plainName(fresh.slug), plainName(other.slug)];
    return held(plain === plainKnown ? "separators" : "confusable", popular || plainKnown.length >= 6);
  }
  const [plain, plainKnown] = [plainName(fresh.slug), plainName(other.slug)];
  if ((withinOneEdit(slug, known) || withinOneEdit(plain, plainKnown)) && plainKnown.length >= 5) {
    const inflected = plain === `${plainKnown}s` || plainKnown === `${plain}s`;
    return held("one-edit", popular || (plainKnown.length >= 8 && !inflected));
  }
  const affix = affixOf(fresh.slug, other.slug);
  if (affix !== null && known.length >= 4) return held("affix", popular || CLAIMS.includes(affix));
  return disguisedTitle(fresh, other);
}

/** A title that reads like the other's and is written in other letters has no honest reason. */
function disguisedTitle(fresh: NamedAsset, other: NamedAsset): { kind: Resemblance; severity: Severity } | null {
  if (fresh.title === other.title || foldName(fresh.title) !== foldName(other.title)) return null;
  return isDisguised(fresh.title) && plainName(other.title).length >= 5 ? { kind: "title", severity: "high" } : null;
}

/** Latin letters and letters of another script that look like Latin ones in one word. */
const isDisguised = (title: string): boolean =>
  title
    .split(/\s+/)
    .some(
      (word) =>
        /[a-z]/i.test(word) &&
        /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Cherokee}\p{Script=Lisu}\p{Script=Armenian}]/u.test(word),
    );

/** Two namespaces that are taken for each other; of little known ones only long ones count when more than their look differs. */
function sameNamespace(fresh: string, known: string, popular: boolean): boolean {
  if (fresh === known || numbered(fresh, known)) return false;
  const [a, b] = [foldName(fresh), foldName(known)];
  if (a === b) return true;
  return known.length >= (popular ? 5 : 7) && (withinOneEdit(a, b) || affixOf(fresh, known) !== null);
}

/** `model-7b` and `model-8b`, `gpt` and `gpt-4`: a family, not a forgery. `c0de` and `code` are none. */
const numbered = (a: string, b: string): boolean =>
  /\d/.test(a + b) && plainName(a) !== plainName(b) && a.replace(/[\d-]+/g, "") === b.replace(/[\d-]+/g, "");

/** The word by which the first name is longer than the second, at its beginning or end; null when it is no such word. */
function affixOf(fresh: string, known: string): string | null {
  const [a, b] = [plainName(fresh), plainName(known)];
  return (
    AFFIXES.find((affix) => (fresh.endsWith(`-${affix}`) || affix.length > 3) && a === b + affix) ??
    AFFIXES.find((affix) => (fresh.startsWith(`${affix}-`) || affix.length > 3) && a === affix + b) ??
    null
  );
}

/** Slugs without each affix they carry: what another asset's whole slug may be. */
export function withoutAffixes(slug: string): string[] {
  const plain = plainName(slug);
  return AFFIXES.flatMap((affix) => [
    ...(plain.endsWith(affix) ? [plain.slice(0, -affix.length)] : []),
    ...(plain.startsWith(affix) ? [plain.slice(affix.length)] : []),
  ]).filter((rest) => rest.length >= 4);
}

/** The well-known name that a part of the asset's name is written to be taken for; null when it is none, or the name itself. */
export function posesAs(fresh: NamedAsset): { part: string; name: string } | null {
  for (const part of [fresh.namespace, ...fresh.namespace.split("-"), ...fresh.slug.split("-")]) {
    if (WELL_KNOWN.includes(part)) continue;
    const folded = foldName(part);
    const name = WELL_KNOWN.find(
      (known) =>
        folded === foldName(known) ||
        (known.length >= EDITED && part.length >= EDITED && withinOneEdit(part, known) && part !== `${known}s`),
    );
    if (name !== undefined) return { part, name };
  }
  return null;
}
