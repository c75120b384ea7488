import { createFilesystemBlobStore } from "../platform/blobs/filesystem.ts";
import { createS3BlobStore } from "../platform/blobs/s3.ts";
import type { BlobAccess } from "../platform/scanning/scan-settings.ts";
import { type OpenBlob, serveScans } from "../platform/scanning/scan-thread.ts";
import { standardScanners } from "../platform/scanning/standard-scanners.ts";

// The thread that looks at what was published; the engine in platform/scanning starts, watches and replaces it.

declare const self: Worker;

serveScans(self, (settings) => ({
  scanners: standardScanners(settings),
  openBlob: openerOf(settings.blobs),
}));

function openerOf(access: BlobAccess): OpenBlob {
  const store = access.kind === "filesystem" ? createFilesystemBlobStore(access) : createS3BlobStore(access);
  return (digest, range) => store.open(digest, range);
}
