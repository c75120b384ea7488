import { access, constants, readdir, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { inspectSealing } from "./app-doctor-sealing.ts";
import { inspectScanning } from "./app-scanning.ts";
import { blobAccess, paths } from "./app-settings.ts";
import { openBlobs, openDatabase } from "./app-stores.ts";
import type { Config } from "./config/index.ts";
import { HOUR } from "./core/clock.ts";
import {
  counted,
  eventNumbers,
  inspectBlobs,
  inspectRecords,
  type Inspection,
  ok,
  type OnProgress,
  warning,
  wrong,
} from "./modules/administration/index.ts";
import type { BlobStore } from "./platform/blobs/blob-store.ts";
import { type Database, inspectDatabase, missingMigrations } from "./platform/database/index.ts";
import { inspectSnapshot } from "./platform/search/snapshot-file.ts";

export type { Inspection } from "./modules/administration/index.ts";

export interface DoctorOptions {
  /** `quick`: only whether everything answers; `deep`: read every byte too. */
  depth: "quick" | "usual" | "deep";
  onProgress?: OnProgress;
}

/** Free space below which a publication of the usual size may fail, and below which the database itself may. */
const LITTLE_BYTES = 2 ** 30;
const NO_BYTES = 64 * 2 ** 20;
/** Uploads and temporary files this old belong to a process that died. */
const LEFTOVER_MS = 6 * HOUR;

/** Looks at an installation, running or not, and yields what it finds. Changes nothing and migrates nothing. */
export async function* inspectServer(config: Config, options: DoctorOptions): AsyncGenerator<Inspection> {
  const folder = await inspectFolder(config);
  yield folder;
  if (folder.status === "wrong") return;
  yield await inspectDisk(config);
  const { database, inspection } = await tryDatabase(config);
  yield inspection;
  const blobs = await tryStorage(config);
  yield blobs.inspection;
  yield* inspectScanning(config);
  if (database === null) return;
  try {
    if (inspection.status === "wrong" || options.depth === "quick") return;
    yield await inspectIntegrity(database);
    yield await inspectSealing(config, database);
    yield* inspectRecords(database.read);
    if (blobs.store) {
      const deep = options.depth === "deep";
      yield* inspectBlobs({ database, blobs: blobs.store }, { deep, onProgress: options.onProgress });
    }
    yield await inspectSearch(config, database);
    yield await inspectLeftovers(config);
  } finally {
    await database.close();
  }
}

async function inspectFolder(config: Config): Promise<Inspection> {
  const { data } = config.server;
  const info = await stat(data).catch(() => null);
  if (!info?.isDirectory())
    return wrong(
      "folder",
      `there is no data folder ${data}`,
      'Name it with --data, or make it with "marketplace serve".',
    );
  try {
    await access(data, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    return wrong(
      "folder",
      `${data} cannot be written`,
      "Run this as the user that the server runs as, or chown the folder.",
    );
  }
  if ((info.mode & 0o077) !== 0)
    return warning("folder", `${data} can be entered by other users of this machine`, `Run "chmod 700 ${data}".`);
  return ok("folder", data);
}

async function inspectDisk(config: Config): Promise<Inspection> {
  const { bavail, bsize } = await statfs(config.server.data);
  const free = bavail * bsize;
  const text = `${(free / 2 ** 30).toFixed(1)} GiB free under ${config.server.data}`;
  const remedy = 'Make room, enlarge the disk, or see what "marketplace admin gc" frees.';
  if (free < NO_BYTES) return wrong("disk", text, remedy);
  return free < LITTLE_BYTES ? warning("disk", text, remedy) : ok("disk", text);
}

/** The database is opened only where one is: a doctor who makes an empty one hides that it was lost. */
async function tryDatabase(config: Config): Promise<{ database: Database | null; inspection: Inspection }> {
  const path = paths(config).sqlite;
  const name = config.database.url ? "PostgreSQL" : path;
  const restore = "Restore the last backup.";
  if (!config.database.url && !(await Bun.file(path).exists()))
    return { database: null, inspection: wrong("database", `there is no database ${path}`, restore) };
  let database: Database | null = null;
  try {
    database = openDatabase(config);
    await database.check();
    const missing = await missingMigrations(database);
    const inspection =
      missing.length === 0
        ? ok("database", `${name} answers and is up to date`)
        : wrong("database", `${name} lacks ${missing.join(", ")}`, 'Run "marketplace migrate", or start the server.');
    return { database, inspection };
  } catch (error) {
    await database?.close();
    const remedy = error instanceof Error && error.name === "MigrationError" ? "" : restore;
    return { database: null, inspection: wrong("database", `${name}: ${messageOf(error)}`, remedy) };
  }
}

async function tryStorage(config: Config): Promise<{ store: BlobStore | null; inspection: Inspection }> {
  const access = blobAccess(config);
  const name = access.kind === "filesystem" ? access.root : `S3 bucket ${access.bucket}`;
  const remedy = "See [blobs] in the configuration, and whether this user may write there.";
  if (access.kind === "filesystem" && !(await stat(access.root).catch(() => null)))
    return { store: null, inspection: wrong("storage", `there is no folder ${name}`, "Restore the last backup.") };
  try {
    const store = openBlobs(config);
    await store.check();
    return { store, inspection: ok("storage", `${name} answers and can be written`) };
  } catch (error) {
    return { store: null, inspection: wrong("storage", `${name}: ${messageOf(error)}`, remedy) };
  }
}

async function inspectIntegrity(database: Database): Promise<Inspection> {
  const problems = await inspectDatabase(database).catch((error) => [messageOf(error)]);
  if (problems.length === 0) return ok("integrity", "the database is whole");
  return wrong("integrity", `the database is damaged: ${problems[0]}`, "Restore the last backup.", problems.slice(1));
}

async function inspectSearch(config: Config, database: Database): Promise<Inspection> {
  const snapshot = await inspectSnapshot(join(paths(config).search, "index.snapshot"));
  const { head } = await eventNumbers(database.read);
  if (snapshot === null) return ok("search", "no snapshot yet; the next start makes the index anew");
  if (snapshot === "damaged")
    return warning("search", "the snapshot of the index is damaged", "Nothing is lost: the next start makes it anew.");
  if (snapshot.seq > head)
    return warning(
      "search",
      `the index stands at event ${snapshot.seq}, the database at ${head}: it was restored or replaced`,
      "Nothing is lost: the next start makes the index anew.",
    );
  const behind = head - snapshot.seq;
  const standing = behind === 0 ? "is up to date" : `is ${counted(behind, "event")} behind and catches up by itself`;
  return ok("search", `the snapshot of ${counted(snapshot.count, "asset")} ${standing}`);
}

async function inspectLeftovers(config: Config): Promise<Inspection> {
  const { spool, blobs, s3Spool } = paths(config);
  const old: string[] = [];
  for (const folder of [spool, s3Spool, join(blobs, "tmp")]) {
    for (const name of await readdir(folder).catch(() => [])) {
      const info = await stat(join(folder, name)).catch(() => null);
      if (info && Date.now() - info.mtimeMs > LEFTOVER_MS) old.push(join(folder, name));
    }
  }
  if (old.length === 0) return ok("leftovers", "no abandoned temporary files");
  return warning(
    "leftovers",
    `${counted(old.length, "abandoned temporary file")}`,
    "The server removes them by itself.",
    old,
  );
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
