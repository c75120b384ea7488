import { readFile, stat } from "node:fs/promises";
import { readArchive } from "../../platform/archives/read-archive.ts";
import { type OsvAdvisory, readOsv } from "./read-osv.ts";

const MIB = 2 ** 20;
/** Larger advisories are skipped: those of OSV are some kilobytes. */
const MAX_ENTRY = MIB;
/** A JSON file is parsed whole; what is larger comes as a zip. */
const MAX_JSON = 64 * MIB;
const LIMITS = {
  maxArchiveBytes: 4 * 2 ** 30,
  maxFileBytes: 64 * MIB,
  maxTotalBytes: 64 * 2 ** 30,
  maxFiles: 1_000_000,
  maxPathBytes: 512,
  maxDepth: 8,
  maxExpansionRatio: 100,
  expansionFloorBytes: 16 * MIB,
};

/** One entry of an import: an advisory, or why it is none. */
export type ImportEntry = { advisory: OsvAdvisory } | { problem: string };

/**
 * Reads a zip (or tar.gz) of OSV documents, a single one, or a JSON array of them, an entry at a time and in the file's order.
 * Throws VALIDATION_ERROR, PAYLOAD_TOO_LARGE or UNSUPPORTED_MEDIA_TYPE for what is none of these.
 */
export async function readImport(path: string, onEntry: (entry: ImportEntry) => Promise<void>): Promise<void> {
  const documents = await jsonOf(path);
  if (documents !== null) {
    for (const document of documents) await onEntry(entryOf(document));
    return;
  }
  await readArchive(path, LIMITS, async ({ path: name, size, bytes }) => {
    const text = await textOf(bytes, size);
    if (!name.endsWith(".json")) await onEntry({ problem: `${name.slice(0, 100)} is no .json file.` });
    else if (text === null) await onEntry({ problem: `${name.slice(0, 100)} is larger than 1 MiB.` });
    else {
      const document = parsed(text);
      await onEntry(
        document === undefined ? { problem: `${name.slice(0, 100)} is not valid JSON.` } : entryOf(document),
      );
    }
  });
}

const entryOf = (document: unknown): ImportEntry => {
  const read = readOsv(document);
  if ("problem" in read) return read;
  const packages = read.packages.filter(({ ecosystem }) => ecosystem !== "marketplace");
  if (/^MKT-/.test(read.id) || (packages.length === 0 && read.packages.length > 0))
    return { problem: `${read.id} is about assets of a marketplace: such are written, not imported.` };
  return { advisory: { ...read, packages } };
};

/** null when the file does not begin like JSON. */
async function jsonOf(path: string): Promise<unknown[] | null> {
  const { size } = await stat(path);
  const head = (await Bun.file(path).slice(0, 1024).text()).replace(/^\ufeff/, "").trimStart();
  if (!/^[[{]/.test(head) || size > MAX_JSON) return null;
  const document = parsed(await readFile(path, "utf8"));
  if (document === undefined) return [undefined];
  return Array.isArray(document) ? document : [document];
}

async function textOf(bytes: AsyncIterable<Uint8Array>, size: number): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  // What is not wanted is read all the same: the next entry lies behind it.
  for await (const chunk of bytes) if (size <= MAX_ENTRY) chunks.push(chunk.slice());
  return size > MAX_ENTRY ? null : Buffer.concat(chunks).toString("utf8");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, "")) as unknown;
  } catch {
    return undefined;
  }
}
