import type { BlobStore } from "../../platform/blobs/blob-store.ts";
import { type ScrubOptions, type ScrubReport, scrubBlobs as scrub } from "../../platform/blobs/scrub-blobs.ts";
import type { Database } from "../../platform/database/index.ts";
import { allReferencedDigests } from "./repository.ts";

/**
 * Reads every blob and reports the damaged, and the missing that the catalogue refers to. Stopped by the signal it
 * answers a cursor to go on from. Deletes nothing: mending is for a restore, or for putting the bytes again.
 */
export function scrubBlobs(
  deps: { database: Database; blobs: BlobStore },
  options: ScrubOptions = {},
): Promise<ScrubReport> {
  return scrub(deps.blobs, (after) => allReferencedDigests(deps.database.read, after), options);
}
