import type { BlobStore } from "../../../platform/blobs/blob-store.ts";
import type { VersionFile } from "../../catalog/index.ts";

const TEXT_LIMIT = 256 * 1024;
const FILE_LIMIT = 256 * 1024;
const MOST_FILES = 64;

const DOCUMENT = /\.(?:md|mdx|markdown|mdc|txt|rst|adoc|prompt|prompty)$/i;
const PROGRAM = /\.(?:py|js|mjs|cjs|ts|tsx|jsx|sh|bash|ps1|rb|go|rs|java|kt|lua|php|pl|ya?ml|toml|json|ipynb)$/i;
/** The same words in everybody's packages. */
const COMMON =
  /(?:^|\/)(?:licen[cs]e|copying|notice|unlicense|code[-_]of[-_]conduct|contributing|security|changelog|package-lock|[^/]*\.lock|[^/]*-lock)[^/]*$|(?:^|\/)(?:node_modules|vendor|third[-_]party)\//i;

/** What a version says: its documents and, apart from them, its programs; at most 256 KiB of each, shallow files first. */
export interface VersionText {
  documents: string;
  programs: string;
}

/** Reads it. Throws when a blob is missing. */
export async function textOfVersion(
  blobs: Pick<BlobStore, "open">,
  files: readonly VersionFile[],
  signal: AbortSignal,
): Promise<VersionText> {
  const candidates = files
    .filter(({ path, size }) => size > 0 && size <= FILE_LIMIT && !COMMON.test(path))
    .toSorted((a, b) => depthOf(a.path) - depthOf(b.path) || (a.path < b.path ? -1 : 1));
  const read = async (named: RegExp): Promise<string> => {
    const parts: string[] = [];
    let left = TEXT_LIMIT;
    for (const file of candidates.filter(({ path }) => named.test(path)).slice(0, MOST_FILES)) {
      if (file.size > left) continue;
      signal.throwIfAborted();
      const stream = await blobs.open(file.digest);
      if (stream === null) throw new Error(`The bytes of ${file.path} are not in the blob store.`);
      parts.push(await new Response(stream).text());
      left -= file.size;
    }
    return parts.join("\n\n");
  };
  return { documents: await read(DOCUMENT), programs: await read(PROGRAM) };
}

const depthOf = (path: string): number => path.split("/").length;
