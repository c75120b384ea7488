import type { Actor } from "../../core/actor.ts";
import { notFound } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import type { Page, PageRequest } from "../../core/page.ts";
import { requireAdmin } from "../../core/permission.ts";
import type { BlobSource } from "../../platform/blobs/blob-store.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { JobContext } from "../../platform/jobs/job-queue.ts";
import type { Advisory, Level } from "./advisory.ts";
import type { AdvisoriesDeps } from "./deps.ts";
import { IMPORT_JOB, importBytes, importSources, importUrl, runImport } from "./import-advisories.ts";
import { type AdvisoryImport, importById, listImports } from "./import-repository.ts";
import { addAdvisory, editAdvisory, withdrawAdvisory } from "./own-advisories.ts";
import { listAdvisories, type ListedAdvisory, maySee, packagesOf, touchedBy } from "./read-model.ts";
import { advisoryById } from "./repository.ts";
import { MATCH_JOB, matchChanged, settleVersion } from "./settle-versions.ts";
import { TELL_JOB, tellOwners } from "./tell-owners.ts";

export { advisoriesApi } from "./api.ts";
export { vulnerabilityCheck } from "./check-vulnerabilities.ts";
export type { Download } from "./deps.ts";
export type { AdvisoryImport } from "./import-repository.ts";
export { advisoryPages } from "./pages.tsx";

export type AdvisoriesModule = ReturnType<typeof createAdvisories>;

/** A list's filter as it is asked for. */
export interface AdvisoryQuery {
  ecosystem?: string;
  package?: string;
  /** `namespace/slug` or an id; ASSET_NOT_FOUND for what the actor may not see. */
  asset?: string;
  severity?: Level;
  touching?: boolean;
}

const LONG_MS = 6 * 3_600_000;

/** Advisories, what they touch, and who is told. Registers the jobs that import, match and tell. */
export function createAdvisories(deps: AdvisoriesDeps & { allowedHosts: readonly string[] }) {
  const { database, jobs } = deps;
  jobs.register<{ importId: Id }>(IMPORT_JOB, (payload, context) => runImport(deps, payload, context), {
    timeoutMs: LONG_MS,
  });
  jobs.register(MATCH_JOB, (_payload, context) => matchChanged(deps, context), { timeoutMs: LONG_MS });
  jobs.register(TELL_JOB, (_payload, context) => tellOwners(deps, context));
  const sources = deps.sources.map((source) => new URL(source).host);
  const allowed = [...sources, ...deps.allowedHosts];
  return {
    /** In the transaction that ends a version's scan. */
    settleVersion: (tx: Queries, versionId: Id) => settleVersion(tx, deps, versionId),

    /** The newest change first; only what the actor may know of. */
    async list(actor: Actor, query: AdvisoryQuery, page: PageRequest): Promise<Page<ListedAdvisory>> {
      const { asset, severity, ...filter } = query;
      const found = asset === undefined ? null : await deps.catalog.findAsset(actor, asset);
      return listAdvisories(
        database.read,
        actor,
        { ...filter, level: severity, ...(found ? { assetId: found.id } : {}) },
        page,
      );
    },

    /** With what it touches, as far as the actor may know; NOT_FOUND otherwise. */
    async find(actor: Actor, id: string) {
      const advisory = (await maySee(database.read, actor, id)) ? await advisoryById(database.read, id) : null;
      if (!advisory) throw notFound("advisory");
      const named = (await packagesOf(database.read, actor, [id])).get(id) ?? [];
      const mayKnow = ({ ecosystem, name }: { ecosystem: string; name: string }) =>
        named.some((one) => one.ecosystem === ecosystem && one.name === name);
      const shown: Advisory = { ...advisory, packages: advisory.packages.filter(mayKnow) };
      return { advisory: shown, touched: await touchedBy(database.read, actor, id) };
    },

    add: (actor: Actor, document: Record<string, unknown>) => addAdvisory(deps, actor, document),
    edit: (actor: Actor, id: string, edit: Record<string, unknown>) => editAdvisory(deps, actor, id, edit),
    withdraw: (actor: Actor, id: string) => withdrawAdvisory(deps, actor, id),

    /** Before a body is read. */
    authoriseImport: (actor: Actor): void => requireAdmin(actor),
    importBytes: (actor: Actor, name: string, bytes: BlobSource) => importBytes(deps, actor, { name, bytes }),
    importUrl: (actor: Actor, url: string) => importUrl(deps, actor, url, allowed),
    /** Imports in this process and waits for its end; what follows from it is left to jobs. */
    async importNow(
      actor: Actor,
      given: { url: string } | { name: string; bytes: BlobSource },
      context: JobContext,
    ): Promise<AdvisoryImport> {
      const importId =
        "url" in given
          ? await importUrl(deps, actor, given.url, allowed, true)
          : await importBytes(deps, actor, { ...given, now: true });
      await runImport(deps, { importId }, context);
      return (await importById(database.read, importId))!;
    },
    importSources: () => importSources(deps),
    async listImports(actor: Actor, page: PageRequest): Promise<Page<AdvisoryImport>> {
      requireAdmin(actor);
      return listImports(database.read, page);
    },
    async findImport(actor: Actor, id: Id): Promise<AdvisoryImport> {
      requireAdmin(actor);
      const found = await importById(database.read, id);
      if (!found) throw notFound("import");
      return found;
    },
  };
}
