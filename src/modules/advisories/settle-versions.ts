import { instant } from "../../core/clock.ts";
import { type Id, newId } from "../../core/id.ts";
import { lockShared, type Queries } from "../../platform/database/index.ts";
import type { NewEvent } from "../../platform/events/outbox.ts";
import type { JobContext } from "../../platform/jobs/job-queue.ts";
import { OWN_ECOSYSTEM } from "./advisory.ts";
import type { AdvisoriesDeps } from "./deps.ts";
import { referencesOf, touchesAmong } from "./match-versions.ts";
import { type ChangedPackage, changedPackages, endChanged } from "./repository.ts";
import { requestTelling } from "./tell-owners.ts";
import {
  packageKey,
  placeOf,
  replaceTouches,
  scannedAdvisories,
  versionsNaming,
  versionsOfOwn,
} from "./touch-repository.ts";
import { RULE_PREFIX } from "./check-vulnerabilities.ts";

export const MATCH_JOB = "advisories.match-versions";
/** Held by whoever matches, so that a scan that ends at the same moment is matched before or after, never between. */
const MATCHING = "advisories.matching";
const PACKAGES_AT_ONCE = 200;
const VERSIONS_AT_ONCE = 100;

/** In the transaction that made advisories change. */
export const requestMatching = (tx: Queries, deps: Pick<AdvisoriesDeps, "jobs">): Promise<void> =>
  deps.jobs.enqueue(tx, { kind: MATCH_JOB, payload: {}, key: "all" });

/**
 * In the transaction that ends a version's scan, after its packages were written: writes down what touches it. When that is
 * not what the scan found, because advisories changed meanwhile, another scan is asked for.
 */
export async function settleVersion(tx: Queries, deps: AdvisoriesDeps, versionId: Id): Promise<void> {
  await lockShared(tx, deps.database.engine, MATCHING);
  const touches = (await touchesAmong(tx, await referencesOf(tx, [versionId]))).get(versionId) ?? [];
  const at = instant(deps.clock.now());
  // Its publisher reads it in the scan; a mail is for what becomes known later.
  const { added } = await replaceTouches(tx, versionId, touches, { found: at, told: at });
  const scanned = await scannedAdvisories(tx, versionId, RULE_PREFIX);
  const found = new Set(touches.map(({ advisoryId }) => advisoryId));
  if (found.size !== scanned.size || [...found].some((id) => !scanned.has(id)))
    await deps.requestRescans(tx, [versionId]);
  const event = added.length === 0 ? null : await touchedEvent(tx, versionId, added, []);
  if (event) await deps.outbox.append(tx, event);
}

/**
 * The job: matches the versions that name packages whose advisories changed. Interrupted, it goes on with the packages that
 * are left; a version whose advisories stay the same costs no write.
 */
export async function matchChanged(deps: AdvisoriesDeps, context: JobContext): Promise<void> {
  for (;;) {
    context.signal.throwIfAborted();
    const batch = await changedPackages(deps.database.read, PACKAGES_AT_ONCE);
    if (batch.length === 0) break;
    for (const ecosystem of new Set(batch.map((one) => one.ecosystem)))
      await matchPackages(
        deps,
        batch.filter((one) => one.ecosystem === ecosystem),
        context.signal,
      );
    await deps.database.write((tx) => endChanged(tx, batch));
  }
  await deps.database.write((tx) => requestTelling(tx, deps));
  deps.jobs.wake();
}

async function matchPackages(
  deps: AdvisoriesDeps,
  changed: readonly ChangedPackage[],
  signal: AbortSignal,
): Promise<void> {
  const { ecosystem } = changed[0]!;
  const names = changed.map(({ name }) => name);
  const only = new Set(changed.map(packageKey));
  for (let after: Id = ""; ; ) {
    signal.throwIfAborted();
    const q = deps.database.read;
    const ids =
      ecosystem === OWN_ECOSYSTEM
        ? await versionsOfOwn(q, names, after, VERSIONS_AT_ONCE)
        : await versionsNaming(q, ecosystem, names, after, VERSIONS_AT_ONCE);
    const last = ids.at(-1);
    if (last === undefined) return;
    after = last;
    await deps.database.exclusively(MATCHING, (tx) => matchBatch(tx, deps, ids, only));
    deps.outbox.announce();
    deps.jobs.wake();
  }
}

async function matchBatch(
  tx: Queries,
  deps: AdvisoriesDeps,
  ids: readonly Id[],
  only: ReadonlySet<string>,
): Promise<void> {
  const found = instant(deps.clock.now());
  const references = await referencesOf(tx, ids, only);
  const touches = await touchesAmong(tx, references);
  const changed: Id[] = [];
  const events: NewEvent[] = [];
  for (const id of ids) {
    const { added, removed } = await replaceTouches(tx, id, touches.get(id) ?? [], { found, told: null }, only);
    if (added.length + removed.length === 0) continue;
    changed.push(id);
    const event = await touchedEvent(tx, id, added, removed);
    if (event) events.push(event);
  }
  await deps.requestRescans(tx, changed);
  if (events.length > 0) await deps.outbox.append(tx, ...events);
}

async function touchedEvent(tx: Queries, versionId: Id, added: string[], removed: string[]): Promise<NewEvent | null> {
  const place = await placeOf(tx, versionId);
  if (!place) return null;
  const payload = { versionId, version: place.version, added: added.slice(0, 50), removed: removed.slice(0, 50) };
  return { type: "asset.version.advisory", subjectId: place.assetId, payload };
}

/** Tells this change of an advisory from others. */
export const newMark = (): string => newId();
