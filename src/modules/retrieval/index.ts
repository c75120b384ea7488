import type { Actor } from "../../core/actor.ts";
import { DAY, dayOf, later } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import { createDownloadCounter } from "./count-downloads.ts";
import type { RetrievalDeps } from "./deps.ts";
import { downloadFile, downloadManifest, downloadVersion } from "./download-version.ts";
import { type ArchiveFormat, dailyDownloads, dailyDownloadsOfNamespaces, forgetDownloads } from "./repository.ts";
import { dependencyTree, resolveDependencies } from "./resolve-dependencies.ts";
import type { Requirement } from "./resolver.ts";
import { ARCHIVE_JOB, writeArchives } from "./write-archive.ts";

export { retrievalApi } from "./api.ts";
export type { Visitor } from "./count-downloads.ts";
export type { Delivery } from "./download-version.ts";
export type { ArchiveFormat } from "./repository.ts";
export type { DependencyNode } from "./resolve-dependencies.ts";
export { explainConflict, type Requirement, type Resolved } from "./resolver.ts";

export type RetrievalModule = ReturnType<typeof createRetrieval>;

/** Downloads, dependency resolution and download counts. Registers the job that writes archives. */
export function createRetrieval(deps: RetrievalDeps & { onError(error: unknown): void }) {
  const counter = createDownloadCounter(deps, deps.onError);
  deps.jobs.register<{ versionId: Id }>(ARCHIVE_JOB, (payload) => writeArchives(deps, payload), { concurrency: 1 });
  return {
    counter,
    /** In the transaction that publishes a version. */
    requestArchives: (tx: Queries, versionId: Id) =>
      deps.jobs.enqueue(tx, { kind: ARCHIVE_JOB, payload: { versionId }, key: versionId }),
    downloadVersion: (actor: Actor, ref: string, selector: string, format: ArchiveFormat) =>
      downloadVersion(deps, actor, ref, selector, format),
    downloadFile: (actor: Actor, ref: string, selector: string, path: string) =>
      downloadFile(deps, actor, ref, selector, path),
    downloadManifest: (actor: Actor, ref: string, selector: string, which: "manifest" | "config") =>
      downloadManifest(deps, actor, ref, selector, which),
    resolveDependencies: (actor: Actor, requirements: readonly Requirement[]) =>
      resolveDependencies(deps, actor, requirements),
    dependencyTree: (actor: Actor, ref: string, selector: string) => dependencyTree(deps, actor, ref, selector),
    /** Downloads a day over the last `days`, days without any left out. Ask only for assets that were found. */
    dailyDownloads: (assetId: Id, days: number) =>
      dailyDownloads(deps.database.read, assetId, dayOf(later(deps.clock.now(), -days * DAY))),
    downloadsOfNamespaces: (namespaceIds: readonly Id[], days: number) =>
      dailyDownloadsOfNamespaces(deps.database.read, namespaceIds, dayOf(later(deps.clock.now(), -days * DAY))),
    /** Forgets single downloads past their retention. */
    forgetDownloads: (retentionMs: number) =>
      deps.database.write((tx) => forgetDownloads(tx, dayOf(later(deps.clock.now(), -retentionMs)))),
  };
}
