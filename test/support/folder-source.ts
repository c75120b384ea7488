import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "../../src/core/digest.ts";
import { mediaTypeOf } from "../../src/core/media-type.ts";
import type { PackageFile, PackageSource } from "../../src/core/package/package.ts";

/** A small folder as a package: every regular file under it, in path order. */
export function folderSource(folder: string): PackageSource {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  const files = paths.map((path): PackageFile => {
    const bytes = readFileSync(join(folder, path));
    const executable = (statSync(join(folder, path)).mode & 0o111) !== 0;
    return { path, size: bytes.length, digest: sha256(bytes), mediaType: mediaTypeOf(path), executable };
  });
  return {
    files,
    async text(path) {
      return paths.includes(path) ? readFileSync(join(folder, path), "utf8") : null;
    },
  };
}
