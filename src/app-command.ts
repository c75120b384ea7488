import { existsSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { type App, buildApp } from "./app.ts";
import { paths } from "./app-settings.ts";
import { openSealer } from "./app-sealing.ts";
import { openDatabase, openStores } from "./app-stores.ts";
import type { AuditLogClient } from "./client/audit-log-client.ts";
import type { RecallOrdersClient, RecallWire } from "./client/recalls-client.ts";
import type { LocalUsers } from "./client/users-client.ts";
import type { Config } from "./config/index.ts";
import { SYSTEM } from "./core/actor.ts";
import { systemClock } from "./core/clock.ts";
import { invalidRequest } from "./core/error.ts";
import { MAX_PER_PAGE } from "./core/page.ts";
import { administeredUserWire, listedUserWire, readUserFilter } from "./modules/accounts/index.ts";
import {
  placeText,
  readPlace,
  collectGarbage,
  type GarbageReport,
  type ScrubReport,
  scrubBlobs,
} from "./modules/administration/index.ts";
import { recallWire } from "./modules/trust/index.ts";
import type { BlobStore } from "./platform/blobs/blob-store.ts";
import { auditWire } from "./platform/audit/audit-wire.ts";
import { createAuditLog } from "./platform/audit/database-audit-log.ts";
import { type Database, migrate } from "./platform/database/index.ts";
import { silentLog } from "./platform/telemetry/index.ts";
import { inScope } from "./platform/telemetry/request-scope.ts";

// What administrators' commands do with the server's own data, whether a server runs beside them or not.

/** Gives `work` a server that answers nobody and runs nothing in the background. Throws INVALID_REQUEST where there is no data. */
export async function withServer<T>(config: Config, work: (app: App) => Promise<T>): Promise<T> {
  requireData(config);
  return withNewServer(config, work);
}

/** A mistyped folder would otherwise look like an empty marketplace, and be made into one. */
function requireData(config: Config): void {
  if (config.database.url !== "" || existsSync(paths(config).sqlite)) return;
  throw invalidRequest(
    `There is no marketplace in ${config.server.data}. Give its folder with --data (or its --config), or a server with --url and --token.`,
  );
}

/** As `withServer`, but where there is no data yet it is begun. */
async function withNewServer<T>(config: Config, work: (app: App) => Promise<T>): Promise<T> {
  const app = await buildApp(config, { log: silentLog });
  try {
    return await asCommand(() => work(app));
  } finally {
    await app.stop(0);
  }
}

/** What `work` does is told in the audit log as done by a command, and by whom on this machine. */
const asCommand = <T>(work: () => T): T =>
  inScope({ requestId: null, address: "", userAgent: `${operator()}@${hostname()}`, command: true }, work);

function operator(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers run as users that nobody named.
    return `uid ${process.getuid?.() ?? "unknown"}`;
  }
}

/** Writes down that the storage was worked on from the command line. */
async function recordStorageAct(config: Config, database: Database, action: string, report: object): Promise<void> {
  const audit = createAuditLog({
    database,
    clock: systemClock,
    sealer: await openSealer(config, database, systemClock),
  });
  const numbers = Object.fromEntries(Object.entries(report).filter(([, value]) => typeof value === "number"));
  const subject = { type: "server", id: null };
  await asCommand(() => audit.record({ action, outcome: "success", actor: SYSTEM, subject, details: numbers }));
}

/** Gives `work` the audit log of the server's own data. */
export const withAuditLog = <T>(config: Config, work: (log: AuditLogClient) => Promise<T>): Promise<T> =>
  withServer(config, ({ audit, auditTrail }) =>
    work({
      async verify(anchor) {
        const { entries, head, problems } = await audit.verify({ anchor: readPlace("anchor", anchor) });
        return { entries, head: placeText(head), problems };
      },
      async list(query, limit) {
        const { records } = await auditTrail.list(SYSTEM, query, { before: null, limit });
        return records.map(auditWire);
      },
      export: (query, format) => auditTrail.export(SYSTEM, query, format),
    }),
  );

/** Gives `work` the transparency log of the server's own data. */
export const withTransparencyLog = <T>(config: Config, work: (log: App["transparency"]) => Promise<T>): Promise<T> =>
  withServer(config, ({ transparency }) => work(transparency));

/** Gives `work` the accounts of the server's own data. */
export const withUsers = <T>(config: Config, work: (users: LocalUsers) => Promise<T>): Promise<T> =>
  withNewServer(config, ({ accounts }) => work(localUsers(accounts)));

/** Gives `work` the recalls of the server's own data. */
export const withRecalls = <T>(config: Config, work: (recalls: RecallOrdersClient) => Promise<T>): Promise<T> =>
  withServer(config, ({ recalls }) =>
    work({
      async order({ ref, digest, reason, severity }) {
        const order = { ref, digest, reason, severity: severity ?? null };
        return recallWire((await recalls.order(SYSTEM, order)).recall);
      },
      lift: async (number, reason) => recallWire(await recalls.lift(SYSTEM, number, reason)),
      async list() {
        const all: RecallWire[] = [];
        for (let page = 1; ; page++) {
          const { items, total } = await recalls.list(SYSTEM, { page, perPage: MAX_PER_PAGE });
          all.push(...items.map(recallWire));
          if (items.length === 0 || all.length >= total) return all;
        }
      },
    }),
  );

const localUsers = ({ administration, passwordReset }: App["accounts"]): LocalUsers => ({
  async create({ password, role, ...account }) {
    if (password !== undefined) {
      const user = await administration.create(SYSTEM, { ...account, password }, role);
      return { ...listedUserWire(user), link: null };
    }
    const { user, link } = await administration.createWithLink(SYSTEM, account, role);
    return { ...listedUserWire(user), link };
  },
  async list(query) {
    const filter = readUserFilter(query);
    const users: ReturnType<typeof listedUserWire>[] = [];
    for (let page = 1; ; page++) {
      const { items, total } = await administration.list(SYSTEM, { page, perPage: MAX_PER_PAGE }, filter);
      users.push(...items.map(listedUserWire));
      if (items.length === 0 || users.length >= total) return users;
    }
  },
  show: async (username) => administeredUserWire(await administration.find(SYSTEM, username)),
  update: (username, change) => administration.update(SYSTEM, username, change),
  signOut: (username, { apiKeys }) => administration.signOut(SYSTEM, username, { keys: apiKeys }),
  resetLink: (username) => passwordReset.linkFor(SYSTEM, username),
  resetTwoFactor: (username) => administration.resetTwoFactor(SYSTEM, username),
  setPassword: (username, password) => administration.resetPassword(SYSTEM, username, password),
});

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
  requireData(config);
  const { database, blobs } = await openStores(config);
  try {
    const deps = { database, blobs: watched(blobs, onBlob), clock: systemClock, graceMs: config.retention.blobGrace };
    const report = await collectGarbage(deps, { signal });
    await recordStorageAct(config, database, "storage.garbage_collected", report);
    return report;
  } finally {
    await database.close();
  }
}

/** Reads every blob, at most `bytesPerSecond`. */
export async function scrubNow(
  config: Config,
  options: { bytesPerSecond?: number; onBlob: OnBlob; signal: AbortSignal },
): Promise<ScrubReport> {
  requireData(config);
  const { database, blobs } = await openStores(config);
  try {
    const { bytesPerSecond, onBlob, signal } = options;
    const report = await scrubBlobs({ database, blobs: watched(blobs, onBlob) }, { bytesPerSecond, signal });
    await recordStorageAct(config, database, "storage.scrubbed", report);
    return report;
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
