import { AppError } from "../../core/error.ts";
import { createAnswerCache } from "./answer-cache.ts";
import type { HostAnswer, HostRequest } from "./index-host.ts";
import { MAX_QUERY_TEXT, type SearchIndex, type SearchResult, type Suggestion } from "./search-index.ts";

export interface OramaIndexOptions {
  /** The file that the index is kept in between runs; its folder exists. */
  snapshotPath: string;
  /** Starts the worker thread `search`. */
  spawn: () => Worker;
  /** Called when a worker that died was started again: its index may stand at an earlier event than before. */
  onRestart?: () => void;
  /** How long after a change the snapshot is written; default 5 s. */
  snapshotDelayMs?: number;
  /** How long a search may take; default 5 s. */
  timeoutMs?: number;
}

/** Starting, changing and writing a large index take longer than a search. */
const SLOW_REQUEST_MS = 120_000;
/** How long closing waits for the last snapshot; without it the next start replays some events. */
const CLOSE_MS = 20_000;
/** A worker that has started and then answered nothing for so long, though asked, hangs. */
const STUCK_MS = 15_000;
const MAX_WAITING = 2000;
const MAX_RESTART_DELAY_MS = 10_000;
/** A worker that dies this often before it has started is given an empty index: the snapshot may be what kills it. */
const STARTS_BEFORE_EMPTY = 2;

export const searchUnavailable = (cause?: unknown): AppError =>
  new AppError("SERVICE_UNAVAILABLE", "Search is busy or restarting; try again in a few seconds.", {
    headers: { "Retry-After": "2" },
    cause,
  });

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
  timer: ReturnType<typeof setTimeout>;
}

/**
 * The embedded engine: an index in memory in a worker thread (started when it is first asked), with a snapshot on disk. A
 * worker that dies or hangs is replaced; what waited for it is refused with SERVICE_UNAVAILABLE. Answers are shared between
 * callers: do not change them.
 */
export function createOramaIndex(options: OramaIndexOptions): SearchIndex {
  const cache = createAnswerCache();
  const link = createWorkerLink(options, cache.clear);
  const timeoutMs = options.timeoutMs ?? 5000;

  const change = async (request: HostRequest): Promise<void> => {
    await link.ask(request, SLOW_REQUEST_MS);
    cache.clear();
  };

  return {
    search(query) {
      const cut = { ...query, text: query.text.slice(0, MAX_QUERY_TEXT) };
      return cache.answer(`search ${JSON.stringify(cut)}`, () =>
        link.ask({ type: "search", query: cut }, timeoutMs),
      ) as Promise<SearchResult>;
    },
    suggest(text, limit, audience) {
      const request = { type: "suggest", text: text.slice(0, MAX_QUERY_TEXT), limit, audience } as const;
      return cache.answer(JSON.stringify(request), () => link.ask(request, timeoutMs)) as Promise<Suggestion[]>;
    },
    apply: (changes) => change({ type: "apply", ...changes }),
    renumber: (numbers) => change({ type: "renumber", numbers }),
    clear: () => change({ type: "clear" }),
    position: () => link.ask({ type: "position" }, SLOW_REQUEST_MS) as Promise<number>,
    count: () => link.ask({ type: "count" }, SLOW_REQUEST_MS) as Promise<number>,
    snapshot: async () => void (await link.ask({ type: "snapshot" }, SLOW_REQUEST_MS)),
    async close() {
      if (link.used()) await link.ask({ type: "snapshot" }, CLOSE_MS).catch(() => undefined);
      link.close();
    },
  };
}

/** Requests to a worker and its answers, whatever happens to the worker. */
function createWorkerLink(options: OramaIndexOptions, onLost: () => void) {
  const waiting = new Map<number, Waiting>();
  let nextId = 1;
  let worker: Worker | null = null;
  let failedStarts = 0;
  let ready = false;
  let lastHeard = 0;
  let begun = false;
  let closed = false;

  const refuseAll = (): void => {
    for (const request of waiting.values()) {
      clearTimeout(request.timer);
      request.reject(searchUnavailable());
    }
    waiting.clear();
  };

  const lost = (lostWorker: Worker): void => {
    if (worker !== lostWorker) return;
    worker = null;
    ready = false;
    refuseAll();
    onLost();
    if (closed) return;
    failedStarts++;
    const delay = Math.min(MAX_RESTART_DELAY_MS, 50 * 2 ** failedStarts);
    setTimeout(() => {
      if (closed) return;
      start();
      options.onRestart?.();
    }, delay).unref();
  };

  const receive = (answer: HostAnswer): void => {
    lastHeard = performance.now();
    const request = waiting.get(answer.id);
    if (!request) return;
    waiting.delete(answer.id);
    clearTimeout(request.timer);
    if ("problem" in answer) request.reject(new Error(answer.problem));
    else request.resolve(answer.value);
  };

  const start = (): void => {
    const started = options.spawn();
    started.onmessage = (event: MessageEvent<HostAnswer>) => receive(event.data);
    started.onerror = () => lost(started);
    started.addEventListener("close", () => lost(started));
    worker = started;
    const ignoreSnapshot = failedStarts >= STARTS_BEFORE_EMPTY;
    const snapshotDelayMs = options.snapshotDelayMs ?? 5000;
    const begin = { type: "start", snapshotPath: options.snapshotPath, ignoreSnapshot, snapshotDelayMs } as const;
    // The position is known when the words are taken in too: that may be what a worker dies of.
    const whole = [ask(begin, SLOW_REQUEST_MS), ask({ type: "position" }, SLOW_REQUEST_MS)];
    Promise.all(whole).then(
      () => {
        failedStarts = 0;
        ready = true;
      },
      () => {
        lost(started);
        started.terminate();
      },
    );
  };

  /** Refuses a request that took too long, and gives the thread up when it seems stuck. */
  const expired = (id: number, asked: Worker): void => {
    waiting.get(id)?.reject(searchUnavailable());
    waiting.delete(id);
    const silent = performance.now() - lastHeard > STUCK_MS;
    if (worker !== asked || !ready || !silent) return;
    lost(asked);
    asked.terminate();
  };

  const ask = (request: HostRequest, timeoutMs: number): Promise<unknown> => {
    // Not before: an administrator's command beside the running server must not touch its snapshot.
    if (!begun && !closed) {
      begun = true;
      start();
    }
    const asked = worker;
    if (!asked || waiting.size >= MAX_WAITING) return Promise.reject(searchUnavailable());
    const id = nextId++;
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject, timer: setTimeout(expired, timeoutMs, id, asked) });
      asked.postMessage({ id, request });
    });
  };

  return {
    ask,
    used: () => begun,
    close(): void {
      closed = true;
      const last = worker;
      worker = null;
      refuseAll();
      last?.terminate();
    },
  };
}
