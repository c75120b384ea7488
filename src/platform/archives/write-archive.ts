/** The two forms in which a version can be taken away; both give the same bytes on every machine. */
export type { ArchiveFile } from "./archive-file.ts";
export { writeTarGz } from "./write-tar-gz.ts";
export { writeZip } from "./write-zip.ts";
