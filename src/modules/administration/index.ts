export { type BlobGuard, type BlobTicket, createBlobGuard } from "./blob-guard.ts";
export { collectGarbage, type GarbageDeps } from "./collect-garbage.ts";
export { inspectBlobs, type OnProgress } from "./inspect-blobs.ts";
export { inspectRecords } from "./inspect-records.ts";
export { type Inspection, counted, ok, warning, wrong } from "./inspection.ts";
export { eventNumbers } from "./read-model.ts";
export { scrubBlobs } from "./scrub-blobs.ts";
export type { GarbageReport } from "../../platform/blobs/collect-garbage.ts";
export type { ScrubOptions, ScrubReport } from "../../platform/blobs/scrub-blobs.ts";
