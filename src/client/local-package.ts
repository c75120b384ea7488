import { realpath, stat } from "node:fs/promises";
import { basename } from "node:path";
import { AppError, validationError } from "../core/error.ts";
import { requireSlug, slugify } from "../core/name.ts";
import { describePackage } from "../core/package/describe-package.ts";
import { buildManifest } from "../core/package/manifest.ts";
import type { BuiltManifest, PackageMetadata, PackageSource, PackageWarning } from "../core/package/package.ts";
import { packFolder } from "../platform/archives/pack-folder.ts";
import { isArchiveName, openArchive } from "./local-archive.ts";

/** What would be published out of a path: the same description, files and digest that the server will come to. */
export interface LocalPackage {
  path: string;
  form: "folder" | "file" | "archive";
  source: PackageSource;
  metadata: PackageMetadata;
  warnings: PackageWarning[];
  manifest: BuiltManifest;
  /** The name in the files, else that of the folder or file itself; null when neither is one. */
  slug: string | null;
  /** Bytes of all files. */
  size: number;
  /** Paths that were left out by rule. */
  ignored: string[];
  /** How many bytes `body` reads. */
  bodySize: number;
  /** The archive to send, anew each time; `onBytes` hears of every piece that was read. */
  body(onBytes?: (bytes: number) => void): ReadableStream<Uint8Array> | Blob;
  contentType: string;
}

/** Reads a folder, a zip or tar.gz, or one file that is an asset by itself. Throws VALIDATION_ERROR and the like. */
export async function openPackage(path: string): Promise<LocalPackage> {
  const info = await stat(path).catch((error: unknown) => {
    throw cannotRead(path, error);
  });
  const archive = info.isFile() && isArchiveName(path);
  const { archiveSize, warnings: left, ...content } = archive ? await openArchive(path) : await openFolder(path);
  const { metadata, warnings } = await describePackage(content.source);
  const { files } = content.source;
  const size = files.reduce((sum, file) => sum + file.size, 0);
  return {
    path,
    bodySize: archiveSize ?? size,
    form: archive ? "archive" : info.isDirectory() ? "folder" : "file",
    metadata,
    manifest: buildManifest(metadata, files),
    slug: metadata.slug ?? (await nameOf(path, info.isDirectory())),
    size,
    ...content,
    warnings: [...left, ...warnings],
  };
}

/** What a folder and an archive have in common before they are described. */
export interface PackageContent extends Pick<LocalPackage, "source" | "ignored" | "body" | "contentType"> {
  /** null: as many as the files have. */
  archiveSize: number | null;
  warnings: PackageWarning[];
}

async function openFolder(path: string): Promise<PackageContent> {
  try {
    const packed = await packFolder(path);
    return {
      source: packed.source,
      warnings: packed.warnings,
      archiveSize: null,
      ignored: packed.ignored,
      body: (onBytes) => packed.archive(onBytes),
      contentType: "application/gzip",
    };
  } catch (error) {
    throw error instanceof AppError ? error : cannotRead(path, error);
  }
}

function cannotRead(path: string, error: unknown): AppError {
  const { code, path: at = path } = error as { code?: string; path?: string };
  if (code === "ENOENT") return validationError({ field: at, message: "There is no such file or folder." });
  if (code === "EACCES" || code === "EPERM")
    return validationError({ field: at, message: "You may not read it. Change its permissions, or leave it out." });
  return validationError({ field: at, message: `It cannot be read (${code ?? String(error)}).` });
}

/** `./agent-wallet-1.0.0.tar.gz` → agent-wallet; `review.prompt.md` → review. */
async function nameOf(path: string, folder: boolean): Promise<string | null> {
  const base = basename(await realpath(path));
  const stem = folder ? base : base.replace(/(?:\.[a-z]\w{0,11}){1,2}$/i, "").replace(/-\d+\.\d+\.\d+[\w.-]*$/, "");
  return slugify(stem);
}

/** The slug to publish under. Throws VALIDATION_ERROR that says how to give one. */
export function slugOf(local: LocalPackage, given: string | undefined): string {
  const slug = given ?? local.slug;
  if (slug === null)
    throw validationError({
      field: "name",
      message: "Neither the files nor their folder hold a name. Give one with --slug.",
    });
  return requireSlug("name", slug);
}
