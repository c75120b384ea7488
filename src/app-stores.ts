import { mkdirSync } from "node:fs";
import { blobAccess, paths } from "./app-settings.ts";
import type { Config } from "./config/index.ts";
import type { BlobStore } from "./platform/blobs/blob-store.ts";
import { createFilesystemBlobStore } from "./platform/blobs/filesystem.ts";
import { createS3BlobStore } from "./platform/blobs/s3.ts";
import { createDatabase, type Database, migrate } from "./platform/database/index.ts";

/** The database that the configuration names, as it is: not migrated. SQLite's file is made when there is none. */
export const openDatabase = (config: Config): Database =>
  createDatabase({ url: config.database.url, path: paths(config).sqlite });

export function openBlobs(config: Config): BlobStore {
  const access = blobAccess(config);
  return access.kind === "filesystem" ? createFilesystemBlobStore(access) : createS3BlobStore(access);
}

/** Opens what records and bytes are kept in, migrated: all that most administrator commands need. */
export async function openStores(config: Config): Promise<{ database: Database; blobs: BlobStore }> {
  mkdirSync(config.server.data, { recursive: true, mode: 0o700 });
  const database = openDatabase(config);
  await migrate(database);
  return { database, blobs: openBlobs(config) };
}
