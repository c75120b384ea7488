import semver from "semver";
import { validationError } from "../error.ts";
import { isName, isVersion, slugify } from "../name.ts";
import { detectKind, primaryOf, readmeOf, unknownKindAdvice, type DetectedKind } from "./detect-kind.ts";
import { findLicense } from "./find-license.ts";
import { MARKETPLACE_TOML, parseMarketplaceToml, type MarketplaceToml } from "./marketplace-toml.ts";
import { readNative, type NativeMetadata } from "./native-metadata.ts";
import type { DescribedPackage, PackageMetadata, PackageSource, PackageWarning } from "./package.ts";
import { firstHeading, firstParagraph, plainLine } from "./plain-text.ts";
import { readFrontMatter } from "./front-matter.ts";

const MAX_TITLE = 120;
const MAX_DESCRIPTION = 1024;
const MAX_TAGS = 20;
const MAX_TAG = 40;
const MAX_URL = 2048;

type Warn = (warning: PackageWarning) => void;

/**
 * What a package says of itself, from the files that its ecosystem uses anyway; a `marketplace.toml` wins where both
 * speak. The same files give the same answer in the client and in the server. Throws VALIDATION_ERROR when nothing tells
 * the kind, or when a file that must be right is not; what is merely sloppy is understood and warned about.
 */
export async function describePackage(source: PackageSource): Promise<DescribedPackage> {
  const warnings: PackageWarning[] = [];
  const warn: Warn = (warning) => void warnings.push(warning);
  const paths = source.files.map((file) => file.path);
  const toml = await readToml(source);
  const { kind, primary } = await kindOf(source, paths, toml);
  const native = await readNative(source, primary, warn);
  const readmePath = readmePathOf(paths, primary, toml, warn);
  const metadata: PackageMetadata = {
    kind,
    slug: toml?.name ?? slugOf(native, primary),
    version: toml?.version ?? versionOf(native, primary, warn),
    title: titleOf(native, toml, primary, warn),
    description: await descriptionOf(source, native, toml, { primary, readmePath }, warn),
    license: await findLicense(
      source,
      toml?.license ?? native.license,
      toml?.license ? MARKETPLACE_TOML : primary,
      warn,
    ),
    tags: tagsOf(toml?.tags ?? native.tags, toml?.tags ? MARKETPLACE_TOML : primary, warn),
    categories: [...new Set(toml?.categories ?? [])],
    homepage: toml?.homepage ?? urlOf(native.homepage, "homepage", primary, warn),
    repository: toml?.repository ?? urlOf(native.repository, "repository", primary, warn),
    readmePath,
    dependencies: mergeDependencies(native, toml),
    compatibility: compatibilityOf(native, toml),
  };
  const suppressions = toml?.suppressions ?? [];
  for (const { path } of suppressions)
    if (path !== null && !paths.includes(path))
      warn({
        path: MARKETPLACE_TOML,
        message: `[[suppress]] names "${path.slice(0, 80)}", which is not in the package.`,
      });
  return { metadata, suppressions, warnings };
}

async function readToml(source: PackageSource): Promise<MarketplaceToml | null> {
  if (!source.files.some((file) => file.path === MARKETPLACE_TOML)) return null;
  const text = await source.text(MARKETPLACE_TOML);
  if (text === null)
    throw validationError({ field: MARKETPLACE_TOML, message: "It is not UTF-8 text, or larger than 1 MiB." });
  return parseMarketplaceToml(text);
}

async function kindOf(
  source: PackageSource,
  paths: readonly string[],
  toml: MarketplaceToml | null,
): Promise<DetectedKind> {
  if (paths.length === 0) throw validationError({ field: "files", message: "The package holds no files." });
  const detected = await detectKind(paths, (path) => source.text(path));
  if (toml?.kind && toml.kind !== detected?.kind)
    return { kind: toml.kind, primary: primaryOf(toml.kind, paths) ?? MARKETPLACE_TOML };
  if (detected === null) throw validationError({ field: "files", message: unknownKindAdvice(paths) });
  return detected;
}

function readmePathOf(
  paths: readonly string[],
  primary: string,
  toml: MarketplaceToml | null,
  warn: Warn,
): string | null {
  if (toml?.readme && paths.includes(toml.readme)) return toml.readme;
  if (toml?.readme)
    warn({ path: MARKETPLACE_TOML, message: `The readme "${toml.readme.slice(0, 80)}" is not in the package.` });
  return readmeOf(paths) ?? (/\.(?:md|prompty)$/i.test(primary) ? primary : null);
}

/** `io.github.acme/weather` → weather; `review.prompt.md` without a name → review. */
function slugOf(native: NativeMetadata, primary: string): string | null {
  const name = native.name ?? nameOfFile(primary);
  const last = name?.split("/").at(-1) ?? "";
  return isName(last) ? last : slugify(last);
}

/** The name that a prompt, agent or other file that carries one in its own name has; null for README, SKILL and the like. */
function nameOfFile(path: string): string | null {
  const base = path.split("/").at(-1) ?? "";
  const named =
    /^(.+)\.(?:prompt\.md|prompty|prompt\.ya?ml|agent\.md|eval\.ya?ml|workflow\.ya?ml|tool\.ya?ml|(?:eval|workflow|tool)\.json)$/i.exec(
      base,
    );
  if (named) return named[1]!;
  return /^agents\/[^/]+\.md$/i.test(path) ? base.slice(0, -3) : null;
}

function versionOf(native: NativeMetadata, path: string, warn: Warn): string | null {
  const written = native.version?.slice(0, 100) ?? null;
  if (written === null) return null;
  const bare = written.replace(/^[vV=\s]+/, "");
  if (isVersion(bare)) return bare;
  // "2", "1.0", "1.2.3+build", "01.2.0": meant as versions, but not SemVer.
  const meant = /^\d{1,9}(?:\.\d{1,9}){0,2}(?:[-+][\w.-]*)?$/.test(bare)
    ? semver.coerce(bare, { includePrerelease: true })?.version
    : undefined;
  const version = meant && isVersion(meant) ? meant : null;
  const outcome = version ? `was read as ${version}` : "is not one that SemVer knows, so it is left out";
  warn({ path, message: `The version "${written}" ${outcome}; write it as 1.2.3.` });
  return version;
}

function titleOf(native: NativeMetadata, toml: MarketplaceToml | null, primary: string, warn: Warn): string {
  const last = native.name?.split("/").at(-1);
  const written =
    toml?.title ?? native.title ?? last ?? toml?.name ?? nameOfFile(primary) ?? firstHeading(native.body) ?? "";
  const { text, hidden } = plainLine(written, MAX_TITLE);
  if (hidden) warn({ path: primary, message: "Invisible characters were taken out of the title." });
  return text;
}

async function descriptionOf(
  source: PackageSource,
  native: NativeMetadata,
  toml: MarketplaceToml | null,
  { primary, readmePath }: { primary: string; readmePath: string | null },
  warn: Warn,
): Promise<string> {
  const declared = toml?.description ?? native.description;
  const path = toml?.description ? MARKETPLACE_TOML : primary;
  const found = declared ?? firstParagraph(native.body) ?? (await readmeParagraph(source, readmePath));
  if (found === null) warn({ path, message: "There is no description: readers will not find it by what it does." });
  else if (declared === null)
    warn({ path, message: "There is no description; the first paragraph of its text was taken." });
  const { text, hidden, cut } = plainLine(found ?? "", MAX_DESCRIPTION);
  if (hidden) warn({ path, message: "Invisible characters were taken out of the description." });
  if (cut) warn({ path, message: `The description was cut to ${MAX_DESCRIPTION} characters.` });
  return text;
}

async function readmeParagraph(source: PackageSource, path: string | null): Promise<string | null> {
  const text = path === null ? null : await source.text(path);
  return text === null ? null : firstParagraph(readFrontMatter(text).body);
}

function tagsOf(written: readonly string[], path: string, warn: Warn): string[] {
  const tags = new Set<string>();
  let dropped = 0;
  for (const item of written.slice(0, 200)) {
    const tag = item
      .slice(0, 200)
      .normalize("NFC")
      .toLowerCase()
      .replace(/^#/, "")
      .trim()
      .replace(/[\s_]+/g, "-");
    if (/^[\p{L}\p{N}][\p{L}\p{M}\p{N}.:+-]*$/u.test(tag) && [...tag].length <= MAX_TAG) tags.add(tag);
    else dropped += 1;
  }
  dropped += Math.max(0, tags.size - MAX_TAGS);
  if (dropped > 0)
    warn({
      path,
      message: `${dropped} of its tags were left out: at most ${MAX_TAGS}, each of ${MAX_TAG} letters, digits and hyphens.`,
    });
  return [...tags].slice(0, MAX_TAGS);
}

/** Only what a browser may follow: http and https; `git+https://…` and `git@host:path` are written so. */
function urlOf(written: string | null, what: string, path: string, warn: Warn): string | null {
  if (written === null) return null;
  const text = written.replace(/^git\+(?=https?:)/, "").replace(/^git@([\w.-]{1,253}):/, "https://$1/");
  const url = text.length <= MAX_URL && /^https?:\/\//i.test(text) ? URL.parse(text) : null;
  if (url && url.username === "" && url.password === "") return url.href;
  warn({ path, message: `The ${what} "${written.slice(0, 80)}" is not an http(s) URL, so it is left out.` });
  return null;
}

function mergeDependencies(native: NativeMetadata, toml: MarketplaceToml | null): PackageMetadata["dependencies"] {
  const byRef = new Map(native.dependencies.map((dependency) => [dependency.ref, dependency]));
  for (const dependency of toml?.dependencies ?? []) byRef.set(dependency.ref, dependency);
  return [...byRef.values()].sort((a, b) => (a.ref < b.ref ? -1 : 1));
}

function compatibilityOf(native: NativeMetadata, toml: MarketplaceToml | null): Record<string, string> {
  const note = native.compatibility ? plainLine(native.compatibility, 500).text : "";
  return { ...(note === "" ? {} : { note }), ...toml?.compatibility };
}
