import { SYSTEM } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import type { DomainEvent } from "../../platform/events/outbox.ts";
import type { SearchDocument } from "../../platform/search/search-index.ts";
import type { DiscoveryDeps } from "./deps.ts";
import { assetIdsAfter, documentsOf } from "./read-model.ts";

/** Has every process make its index anew, also one that reads the event only at its next start. */
const REBUILD_REQUESTED = "discovery.rebuild-requested";
const EVENT_BATCH = 500;
const DOCUMENT_BATCH = 200;
/** The index is looked at so often even when no event calls, for it may have been restarted. */
const LOOK_MS = 30_000;
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;

export interface AssetIndexer {
  /** Follows the event log until `stop`; failures are logged and tried again. */
  start(): void;
  stop(): Promise<void>;
  /** Something may have changed: new events, a restarted index. */
  wake(): void;
  /** Brings the index up to the newest event; throws when index or database do not answer. */
  sync(): Promise<void>;
  /** Makes the whole index anew, in this process. */
  rebuild(): Promise<void>;
  /** Asks every process over this database to make its index anew, now or at its next start. */
  requestRebuild(): Promise<void>;
}

/**
 * Keeps the search index equal to the database. An event only names assets whose documents are read afresh, so that applying
 * events twice, late or after a rebuild gives the same index. One run at a time.
 */
export function createAssetIndexer(
  deps: Pick<DiscoveryDeps, "database" | "outbox" | "index" | "log">,
  trendingScore: (id: Id) => number,
): AssetIndexer {
  const { database, outbox, index, log } = deps;

  const load = async (ids: readonly Id[]): Promise<SearchDocument[]> => {
    const stored = await documentsOf(database.read, ids);
    return stored.map((document) => ({ ...document, trending: trendingScore(document.id) }));
  };

  const rebuildAll = async (): Promise<void> => {
    const head = await outbox.head();
    const started = performance.now();
    await index.clear();
    let ids = await assetIdsAfter(database.read, "", DOCUMENT_BATCH);
    while (ids.length > 0) {
      await index.apply({ upsert: await load(ids), remove: [], seq: 0 });
      ids = await assetIdsAfter(database.read, ids.at(-1)!, DOCUMENT_BATCH);
    }
    await index.apply({ upsert: [], remove: [], seq: head });
    log.info("search index rebuilt", { assets: await index.count(), ms: Math.round(performance.now() - started) });
  };

  const applyEvents = async (events: readonly DomainEvent[]): Promise<void> => {
    const named = [...new Set(events.filter(isAboutAsset).map((event) => event.subjectId))];
    const seq = events.at(-1)!.seq;
    for (let start = 0; start < named.length; start += DOCUMENT_BATCH) {
      const ids = named.slice(start, start + DOCUMENT_BATCH);
      const upsert = await load(ids);
      const found = new Set(upsert.map((document) => document.id));
      const before = events[0]!.seq - 1;
      const last = start + DOCUMENT_BATCH >= named.length;
      await index.apply({ upsert, remove: ids.filter((id) => !found.has(id)), seq: last ? seq : before });
    }
    if (named.length === 0) await index.apply({ upsert: [], remove: [], seq });
  };

  const catchUp = async (): Promise<void> => {
    for (;;) {
      const position = await index.position();
      const head = await outbox.head();
      if (position === head) return;
      const events = await outbox.read(position, EVENT_BATCH);
      // Events are numbered without gaps: a hole means that they were pruned, a higher position an older database.
      const torn = position === 0 || position > head || events[0]?.seq !== position + 1;
      if (torn || events.some((event) => event.type === REBUILD_REQUESTED)) await rebuildAll();
      else await applyEvents(events);
    }
  };

  const inTurn = createTurns();
  const sync = (): Promise<void> => inTurn(catchUp);
  return {
    sync,
    rebuild: () => inTurn(rebuildAll),
    async requestRebuild() {
      await database.write((tx) =>
        outbox.append(tx, { type: REBUILD_REQUESTED, subjectId: SYSTEM.userId, payload: {} }),
      );
      outbox.announce();
    },
    ...createFollower(deps, sync),
  };
}

const isAboutAsset = (event: DomainEvent): boolean => event.type.startsWith("asset.");

/** Runs work one after the other. */
function createTurns() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** Calls `sync` whenever something may have changed; while it runs, calls are remembered as one. */
function createFollower({ outbox, log }: Pick<DiscoveryDeps, "outbox" | "log">, sync: () => Promise<void>) {
  let unsubscribe: (() => void) | null = null;
  let timer: Timer | null = null;
  let running: Promise<void> | null = null;
  let again = false;
  let retryMs = FIRST_RETRY_MS;

  const callLater = (ms: number): void => {
    if (timer) clearTimeout(timer);
    timer = unsubscribe ? setTimeout(wake, ms) : null;
    timer?.unref();
  };

  const run = async (): Promise<void> => {
    do {
      again = false;
      try {
        await sync();
        retryMs = FIRST_RETRY_MS;
        callLater(LOOK_MS);
      } catch (error) {
        log.warn("search index could not follow the event log; trying again", { error, ms: retryMs });
        callLater(retryMs);
        retryMs = Math.min(MAX_RETRY_MS, retryMs * 2);
        return;
      }
    } while (again && unsubscribe);
  };

  function wake(): void {
    if (!unsubscribe) return;
    again = true;
    running ??= run().finally(() => {
      running = null;
    });
  }

  return {
    wake,
    start(): void {
      unsubscribe ??= outbox.subscribe(wake);
      wake();
    },
    async stop(): Promise<void> {
      unsubscribe?.();
      unsubscribe = null;
      if (timer) clearTimeout(timer);
      await running;
    },
  };
}
