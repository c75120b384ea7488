import { type App, buildApp } from "./app.ts";
import { openDatabase, openStores } from "./app-stores.ts";
import type { Config } from "./config/index.ts";
import { systemClock } from "./core/clock.ts";
import { collectGarbage, type GarbageReport, type ScrubReport, scrubBlobs } from "./modules/administration/index.ts";
import type { BlobStore } from "./platform/blobs/blob-store.ts";
import { migrate } from "./platform/database/index.ts";
import { silentLog } from "./platform/telemetry/index.ts";

// What administrators' commands do with the server's own data, whether a server runs beside them or not.

/** Gives `work` a server that answers nobody and runs nothing in the background. */
export async function withServer<T>(config: Config, work: (app: App) => Promise<T>): Promise<T> {
  const app = await buildApp(config, { log: silentLog });
  try {
    return await work(app);
  } finally {
    await app.stop(0);
  }
}

/** Applies the migrations that are missing; answers their names. */
export async function migrateDatabase(config: Config): Promise<string[]> {
  const database = openDatabase(config);
  try {
    return await migrate(database);
  } finally {
    await database.close();
  }
}

/** Told how many blobs, and bytes of them, were passed so far. */
export type OnBlob = (blobs: number, bytes: number) => void;

/** Removes what no version names and nobody put for the grace of `[retention]`. */
export async function collectGarbageNow(config: Config, onBlob: OnBlob, signal: AbortSignal): Promise<GarbageReport> {
  const { database, blobs } = await openStores(config);
  try {
    const deps = { database, blobs: watched(blobs, onBlob), clock: systemClock, graceMs: config.retention.blobGrace };
    return await collectGarbage(deps, { signal });
  } finally {
    await database.close();
  }
}

/** Reads every blob, at most `bytesPerSecond`. */
export async function scrubNow(
  config: Config,
  options: { bytesPerSecond?: number; onBlob: OnBlob; signal: AbortSignal },
): Promise<ScrubReport> {
  const { database, blobs } = await openStores(config);
  try {
    const { bytesPerSecond, onBlob, signal } = options;
    return await scrubBlobs({ database, blobs: watched(blobs, onBlob) }, { bytesPerSecond, signal });
  } finally {
    await database.close();
  }
}

function watched(blobs: BlobStore, onBlob: OnBlob): BlobStore {
  return {
    ...blobs,
    async *list(options) {
      let [count, bytes] = [0, 0];
      for await (const info of blobs.list(options)) {
        yield info;
        count++;
        bytes += info.size;
        onBlob(count, bytes);
      }
    },
  };
}
