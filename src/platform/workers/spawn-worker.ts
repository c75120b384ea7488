/** Worker entry points, `src/workers/<name>.worker.ts`; build.ts adds each to the executable. */
export type WorkerName = "search" | "scan";

/**
 * Starts a worker thread. In the compiled executable the entry points lie in Bun's embedded file system beside the
 * main bundle, so their place does not follow from this file's own URL.
 */
export function spawnWorker(name: WorkerName): Worker {
  const compiled = import.meta.url.includes("$bunfs");
  const url = compiled
    ? `/$bunfs/root/workers/${name}.worker.js`
    : new URL(`../../workers/${name}.worker.ts`, import.meta.url).href;
  return new Worker(url);
}
