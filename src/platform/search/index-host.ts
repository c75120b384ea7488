import { corpusOver, createMemoryIndex, type MemoryIndex } from "./memory-index.ts";
import type { SearchAudience, SearchDocument, SearchNumbers, SearchQuery } from "./search-index.ts";
import { readSnapshot, type Snapshot, writeSnapshot } from "./snapshot-file.ts";

/** What the main thread asks of the worker; each request is answered by one HostAnswer with its number. */
export type HostRequest =
  | { type: "start"; snapshotPath: string; ignoreSnapshot: boolean; snapshotDelayMs: number }
  | { type: "search"; query: SearchQuery }
  | { type: "suggest"; text: string; limit: number; audience: SearchAudience }
  | { type: "apply"; upsert: SearchDocument[]; remove: string[]; seq: number }
  | { type: "renumber"; numbers: SearchNumbers }
  | { type: "clear" }
  | { type: "position" }
  | { type: "count" }
  | { type: "snapshot" };

export type HostAnswer = { id: number; value: unknown } | { id: number; problem: string };

/** A snapshot in the background takes at most this share of the time: it waits ten times as long as the last one took. */
const REST_FACTOR = 10;

/** Documents indexed at a time; between two such slices the worker answers others. */
const SLICE = 25;
const othersFirst = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * The index with its snapshot on disk; lives in the worker. Changes and snapshots wait for one another, searches do not.
 * After a start without text is searched at once; with text as soon as the engine has taken in the snapshot's words.
 */
export function createIndexHost(): { handle(request: HostRequest): Promise<unknown> } {
  let index: MemoryIndex = createMemoryIndex();
  let settings = { snapshotPath: "", snapshotDelayMs: 0 };
  let written = 0;
  let changed = false;
  let lastDuration = 0;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  let warm: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => T | Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };

  const snapshot = async (): Promise<void> => {
    if (timer) clearTimeout(timer);
    timer = null;
    if (!changed && written === index.seq) return;
    const started = performance.now();
    index.compact();
    await writeSnapshot(settings.snapshotPath, index.corpus, index.seq);
    changed = false;
    written = index.seq;
    lastDuration = performance.now() - started;
  };

  const changedNow = (): void => {
    changed = true;
    const delay = Math.max(settings.snapshotDelayMs, lastDuration * REST_FACTOR);
    timer ??= setTimeout(() => {
      timer = null;
      inTurn(snapshot).catch((error) => console.error(`search: the index could not be written to disk: ${error}`));
    }, delay);
  };

  const start = async (request: HostRequest & { type: "start" }): Promise<number> => {
    settings = request;
    const found = request.ignoreSnapshot ? null : await readSnapshot(request.snapshotPath);
    if (found) {
      index = createMemoryIndex(corpusOver(found.table), found.seq);
      warm = inTurn(() => fill(index, found));
      warm.catch(() => undefined);
    }
    written = index.seq;
    return index.seq;
  };

  const apply = async ({ upsert, remove, seq }: HostRequest & { type: "apply" }): Promise<void> => {
    const changing = index;
    changing.apply([], remove, changing.seq);
    for (let at = 0; at < upsert.length; at += SLICE) {
      changing.apply(upsert.slice(at, at + SLICE), [], changing.seq);
      await othersFirst();
    }
    changing.apply([], [], seq);
    changedNow();
  };

  const handle = (request: Exclude<HostRequest, { type: "start" }>): unknown => {
    switch (request.type) {
      case "search":
        return request.query.text.trim() === ""
          ? index.search(request.query)
          : warm.then(() => index.search(request.query));
      case "suggest":
        return warm.then(() => index.suggest(request.text, request.limit, request.audience));
      case "apply":
        return inTurn(() => apply(request));
      case "renumber":
        return inTurn(() => {
          index.renumber(request.numbers);
          changedNow();
        });
      case "clear":
        return inTurn(() => {
          index = createMemoryIndex();
          changedNow();
        });
      case "position":
        return warm.then(() => inTurn(() => index.seq));
      case "count":
        return inTurn(() => index.count());
      case "snapshot":
        return inTurn(snapshot);
    }
  };

  let started: Promise<unknown> | null = null;
  return {
    async handle(request) {
      if (request.type === "start") {
        started = inTurn(() => start(request));
        return started;
      }
      await started;
      return handle(request);
    },
  };
}

async function fill({ corpus }: MemoryIndex, { words, ids }: Snapshot): Promise<void> {
  for (const _ of corpus.engine.fill(words, ids)) await othersFirst();
}
