import type { Digest } from "../../core/digest.ts";
import type { BlobInfo, BlobStore } from "./blob-store.ts";
import { DamagedBlobError } from "./checked-stream.ts";

/** So many names of each kind of trouble are kept; the counts go on. */
const MAX_NAMED = 1000;

export interface ScrubReport {
  checked: number;
  checkedBytes: number;
  damagedCount: number;
  damaged: Digest[];
  /** Referred to by the catalogue, but not in the store. */
  missingCount: number;
  missing: Digest[];
  /** Where to go on (`after`) when it was stopped; null when every blob was looked at. */
  cursor: Digest | null;
}

export interface ScrubOptions {
  after?: Digest;
  signal?: AbortSignal;
  /** No faster than this; default: as fast as it goes. */
  bytesPerSecond?: number;
  /** Told each trouble as it is found. */
  onTrouble?(digest: Digest, what: "damaged" | "missing"): void;
}

/**
 * Reads every blob and holds it against its name, and every name that `referenced` answers (ascending, behind `after`)
 * against the store. One blob at a time, in memory a few pieces of it. Changes nothing.
 */
export async function scrubBlobs(
  store: BlobStore,
  referenced: (after: Digest | undefined) => AsyncIterable<Digest>,
  options: ScrubOptions = {},
): Promise<ScrubReport> {
  const report: ScrubReport = {
    checked: 0,
    checkedBytes: 0,
    damagedCount: 0,
    damaged: [],
    missingCount: 0,
    missing: [],
    cursor: null,
  };
  const started = performance.now();

  function trouble(digest: Digest, what: "damaged" | "missing"): void {
    report[`${what}Count`]++;
    if (report[what].length < MAX_NAMED) report[what].push(digest);
    options.onTrouble?.(digest, what);
  }

  async function check(info: BlobInfo): Promise<void> {
    if (!(await isWhole(store, info.digest))) trouble(info.digest, "damaged");
    report.checked++;
    report.checkedBytes += info.size;
    const ahead = report.checkedBytes / (options.bytesPerSecond ?? Infinity) - (performance.now() - started) / 1000;
    if (ahead > 0) await Bun.sleep(ahead * 1000);
  }

  // Both come in ascending order, so one pass over the two finds what only the catalogue knows.
  const names = referenced(options.after)[Symbol.asyncIterator]();
  let name = await names.next();
  const passNames = async (upTo: Digest | null): Promise<void> => {
    for (; !name.done && (upTo === null || name.value <= upTo); name = await names.next()) {
      // Published since this page of the list was made, perhaps: the store itself decides.
      if (name.value !== upTo && (await store.stat(name.value)) === null) trouble(name.value, "missing");
    }
  };

  let cursor = options.after ?? null;
  for await (const info of store.list({ after: options.after })) {
    if (options.signal?.aborted) return { ...report, cursor };
    await passNames(info.digest);
    await check(info);
    cursor = info.digest;
  }
  await passNames(null);
  return report;
}

/** False when its bytes are not what its name says; true also when it was removed meanwhile. */
async function isWhole(store: BlobStore, digest: Digest): Promise<boolean> {
  try {
    const reader = (await store.open(digest))?.getReader();
    while (reader && !(await reader.read()).done);
    return true;
  } catch (error) {
    if (error instanceof DamagedBlobError) return false;
    if ((await store.stat(digest)) === null) return true;
    throw error;
  }
}
