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
export type { Requirement } from "./resolver.ts";

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
    /** Downloads of each of the last `days` days, oldest first. Ask only for assets that were found. */
    dailyDownloads: async (assetId: Id, days: number) =>
      everyDay(deps, days, await dailyDownloads(deps.database.read, assetId, firstDay(deps, days))),
    downloadsOfNamespaces: async (namespaceIds: readonly Id[], days: number) =>
      everyDay(deps, days, await dailyDownloadsOfNamespaces(deps.database.read, namespaceIds, firstDay(deps, days))),
    /** Forgets single downloads past their retention. */
    forgetDownloads: (retentionMs: number) =>
      deps.database.write((tx) => forgetDownloads(tx, dayOf(later(deps.clock.now(), -retentionMs)))),
  };
}

const firstDay = ({ clock }: RetrievalDeps, days: number): string => dayOf(later(clock.now(), -(days - 1) * DAY));

/** Fills the days without downloads, which the database does not have. */
function everyDay({ clock }: RetrievalDeps, days: number, counted: { day: string; downloads: number }[]) {
  const known = new Map(counted.map(({ day, downloads }) => [day, downloads]));
  return Array.from({ length: days }, (_, index) => {
    const day = dayOf(later(clock.now(), -(days - 1 - index) * DAY));
    return { day, downloads: known.get(day) ?? 0 };
  });
}
