import { DigestStream } from "../core/digest.ts";
import { mediaTypeOf } from "../core/media-type.ts";
import type { PackageFile } from "../core/package/package.ts";
import { comparePaths } from "../core/package/path.ts";
import { countPieces } from "../platform/archives/pack-folder.ts";
import { DEFAULT_ARCHIVE_LIMITS, readArchive } from "../platform/archives/read-archive.ts";
import type { PackageContent } from "./local-package.ts";

/** The most text of one file that describing a package looks at. */
const MAX_TEXT = 1 << 20;
/** Texts kept while an archive is read once; those beyond are looked up in it again. */
const MAX_KEPT = 64 << 20;
const ARCHIVE = /\.(zip|tar|tar\.gz|tgz|skill|mcpb|dxt)$/i;

/** Whether a file is sent as it is, to be unpacked by the server: by its name, for weights too are zips inside. */
export const isArchiveName = (path: string): boolean => ARCHIVE.test(path);

/** Reads an archive as the server will: under the same rules, with the same result. */
export async function openArchive(path: string): Promise<PackageContent> {
  const files: PackageFile[] = [];
  const kept = new Map<string, Uint8Array>();
  let keptBytes = 0;
  await readArchive(path, DEFAULT_ARCHIVE_LIMITS, async (entry) => {
    const digest = new DigestStream();
    const pieces: Uint8Array[] = [];
    const keep = entry.size <= MAX_TEXT && keptBytes + entry.size <= MAX_KEPT;
    for await (const piece of entry.bytes) {
      digest.update(piece);
      // A reader may use its buffer again for the next piece.
      if (keep) pieces.push(piece.slice());
    }
    if (keep) {
      kept.set(entry.path, Buffer.concat(pieces));
      keptBytes += entry.size;
    }
    files.push({
      path: entry.path,
      size: digest.size,
      digest: digest.digest(),
      mediaType: mediaTypeOf(entry.path),
      executable: entry.executable,
    });
  });
  files.sort((a, b) => comparePaths(a.path, b.path));
  const sizes = new Map(files.map((file) => [file.path, file.size]));
  return {
    source: {
      files,
      async text(wanted) {
        const size = sizes.get(wanted);
        if (size === undefined || size > MAX_TEXT) return null;
        return decode(kept.get(wanted) ?? (await readOne(path, wanted)));
      },
    },
    warnings: [],
    archiveSize: Bun.file(path).size,
    ignored: [],
    body: (onBytes) => (onBytes ? Bun.file(path).stream().pipeThrough(countPieces(onBytes)) : Bun.file(path)),
    contentType: /\.(?:zip|skill|mcpb|dxt)$/i.test(path) ? "application/zip" : "application/gzip",
  };
}

async function readOne(archive: string, wanted: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  await readArchive(archive, DEFAULT_ARCHIVE_LIMITS, async (entry) => {
    for await (const piece of entry.bytes) if (entry.path === wanted) pieces.push(piece.slice());
  });
  return Buffer.concat(pieces);
}

function decode(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
