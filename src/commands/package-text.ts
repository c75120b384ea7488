import type { LocalPackage } from "../client/local-package.ts";
import { visible } from "../client/visible-text.ts";
import { labelled, sizeText } from "./terminal.ts";

/** What a package is, as `validate` and `publish --dry-run` say it. */
export function packageLines(local: LocalPackage, slug: string | null): string[] {
  const { metadata, source, manifest } = local;
  const count = source.files.length;
  return labelled([
    ["name", slug ?? "(none)"],
    ["kind", metadata.kind],
    ["version", metadata.version ?? "(the next one, when it is published)"],
    ["title", metadata.title],
    ["description", metadata.description],
    ["license", metadata.license ?? "(none)"],
    ["tags", metadata.tags.join(", ")],
    ["needs", metadata.dependencies.map(({ ref, range }) => `${ref} ${range}`).join(", ")],
    ["files", `${count} (${sizeText(local.size)})`],
    ["left out", leftOut(local.ignored)],
    ["digest", manifest.digest],
  ]);
}

const SHOWN = 5;
const leftOut = (paths: readonly string[]): string =>
  paths.length <= SHOWN ? paths.join(", ") : `${paths.slice(0, SHOWN).join(", ")} and ${paths.length - SHOWN} more`;

export const warningLines = (warnings: LocalPackage["warnings"]): string[] =>
  warnings.map(({ path, message }) => `warning: ${path === null ? "" : `${visible(path)}: `}${visible(message)}`);

/** The same for `--json`. */
export const packageJson = (local: LocalPackage, slug: string | null) => ({
  slug,
  kind: local.metadata.kind,
  version: local.metadata.version,
  title: local.metadata.title,
  description: local.metadata.description,
  license: local.metadata.license,
  tags: local.metadata.tags,
  categories: local.metadata.categories,
  dependencies: local.metadata.dependencies,
  digest: local.manifest.digest,
  size: local.size,
  files: local.source.files.map(({ path, size, digest, executable }) => ({ path, size, digest, executable })),
  left_out: local.ignored,
  warnings: local.warnings,
});
