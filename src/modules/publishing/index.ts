import type { Actor } from "../../core/actor.ts";
import { requireScope } from "../../core/permission.ts";
import type { Asset } from "../catalog/index.ts";
import type { PublishingDeps } from "./deps.ts";
import { type Publication, type PublishResult, publishVersion, requirePublishable } from "./publish-version.ts";
import { requireFitting, spoolUpload, type SpooledUpload, sweepSpool } from "./spool-upload.ts";

export { publishingApi } from "./api.ts";
export { publishingPages } from "./pages.tsx";
export type { PublishingDeps, VerifiedSignature } from "./deps.ts";
export type { Publication, PublishResult } from "./publish-version.ts";

export type PublishingModule = ReturnType<typeof createPublishing>;

/** An archive may be unpacked for as long after its last byte came. */
const UNPACKING_MS = 3_600_000;

/** Turning archives into versions. */
export function createPublishing(deps: PublishingDeps) {
  const spool = (bytes: AsyncIterable<Uint8Array> | ReadableStream<Uint8Array> | null): Promise<SpooledUpload> =>
    spoolUpload(bytes, deps.spoolFolder, { maxBytes: deps.limits.maxArchiveBytes, maxMs: deps.uploadTimeMs });
  return {
    spool,

    /**
     * Whether the actor may add a version to this asset (null: a form names it later), and the upload may be as it is announced:
     * asked before it is read.
     */
    authorise(actor: Actor, asset: Asset | null, headers: Headers): void {
      requireScope(actor, "publish");
      if (asset) requirePublishable(actor, asset);
      requireFitting(headers, deps.limits.maxArchiveBytes);
    },

    /** Publishes a spooled archive; the caller disposes of it. */
    publishArchive: (actor: Actor, publication: Publication, upload: SpooledUpload): Promise<PublishResult> =>
      publishVersion(deps, actor, publication, async () => upload.path),

    /** Publishes an archive from a request's body, which is read only when the publication is allowed. */
    async publishStream(
      actor: Actor,
      publication: Publication,
      body: ReadableStream<Uint8Array> | null,
      headers: Headers = new Headers(),
    ): Promise<PublishResult> {
      let upload: SpooledUpload | undefined;
      try {
        return await publishVersion(deps, actor, publication, async () => {
          requireFitting(headers, deps.limits.maxArchiveBytes);
          upload = await spool(body);
          return upload.path;
        });
      } finally {
        await upload?.[Symbol.asyncDispose]();
      }
    },

    /** Removes uploads that a crash left behind. */
    sweep: () => sweepSpool(deps.spoolFolder, deps.uploadTimeMs + UNPACKING_MS, deps.clock.now()),
  };
}
