import type { Actor } from "../../core/actor.ts";
import type { Clock } from "../../core/clock.ts";
import { requireAdmin, requireRecent } from "../../core/permission.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { Database, Queries } from "../../platform/database/index.ts";
import { SEALED_COLUMNS, type SealedColumn } from "../../platform/sealing/sealed-columns.ts";
import { SealBroken, type Sealer } from "../../platform/sealing/sealer.ts";
import * as repository from "./sealed-repository.ts";

/** What is sealed in the database, and sealing it anew with the newest key. */
export interface SealedSecrets {
  /** For administrators. */
  list(actor: Actor): Promise<SealingReport>;
  /**
   * Seals every secret with the newest key that is not yet, for administrators who proved just now who they are. Stopped
   * half-way it goes on where it was; rows that do not open are left and counted. All servers must know the newest key before.
   */
  rotate(actor: Actor, options?: { signal?: AbortSignal }): Promise<RotationReport>;
}

export interface SealingReport {
  /** Ids of the keys that are here, the newest first: it seals. */
  keys: readonly string[];
  columns: { table: string; column: string; counts: KeyCount[] }[];
  /** Secrets that an older key sealed. */
  outdated: number;
  /** Secrets that no key here opens. */
  lost: number;
}

export interface KeyCount {
  /** Null: what is there is not sealed at all. */
  key: string | null;
  count: number;
  state: "current" | "older" | "missing";
}

export interface RotationReport extends SealingReport {
  /** How many were sealed anew. */
  sealed: number;
}

const BATCH = 200;

export function createSealedSecrets(deps: {
  database: Database;
  clock: Clock;
  sealer: Sealer;
  audit: AuditLog;
}): SealedSecrets {
  const { database, clock, sealer, audit } = deps;
  return {
    async list(actor) {
      requireAdmin(actor);
      return inspectSealed(database.read, sealer);
    },
    async rotate(actor, { signal } = {}) {
      requireAdmin(actor);
      requireRecent(actor, clock.now());
      let sealed = 0;
      for (const column of SEALED_COLUMNS) sealed += await sealColumn({ database, sealer }, column, signal);
      const report = await inspectSealed(database.read, sealer);
      const { outdated, lost, keys } = report;
      await audit.record({
        action: "secrets.resealed",
        outcome: lost > 0 ? "failure" : "success",
        actor,
        subject: { type: "server", id: null },
        details: { key: keys[0], sealed, outdated, lost },
      });
      return { ...report, sealed };
    },
  };
}

/** What is sealed with which key; reads no secret. */
export async function inspectSealed(q: Queries, sealer: Sealer): Promise<SealingReport> {
  const columns: SealingReport["columns"] = [];
  for (const of of SEALED_COLUMNS) {
    const counts = (await repository.countSealed(q, of)).map(({ beginning, count }): KeyCount => {
      const key = /^s1\.([0-9a-f]{8})$/.exec(beginning)?.[1] ?? null;
      const state = key === sealer.keyIds[0] ? "current" : key && sealer.keyIds.includes(key) ? "older" : "missing";
      return { key, count, state };
    });
    columns.push({ table: of.table, column: of.column, counts });
  }
  const sum = (state: KeyCount["state"]) =>
    columns.flatMap(({ counts }) => counts).reduce((n, one) => n + (one.state === state ? one.count : 0), 0);
  return { keys: sealer.keyIds, columns, outdated: sum("older"), lost: sum("missing") };
}

/** Answers how many it sealed anew. Each batch is a transaction, so a stop loses nothing. */
async function sealColumn(
  { database, sealer }: { database: Database; sealer: Sealer },
  column: SealedColumn,
  signal: AbortSignal | undefined,
): Promise<number> {
  let [sealed, after] = [0, ""];
  for (;;) {
    signal?.throwIfAborted();
    const query = { current: `s1.${sealer.keyIds[0]}`, after, limit: BATCH };
    const rows = await repository.listOtherwiseSealed(database.read, column, query);
    const anew = rows.flatMap((row) => {
      const text = reseal(sealer, row.sealed, `${column.table}:${row.key}`);
      return text === null ? [] : [{ row, text }];
    });
    sealed += await database.write(async (tx) => {
      let count = 0;
      for (const { row, text } of anew) if (await repository.replaceSealed(tx, column, row, text)) count++;
      return count;
    });
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) return sealed;
    after = last.key;
  }
}

/** Null for what does not open: it stays as it is, for the key may be found again. */
function reseal(sealer: Sealer, sealed: string, place: string): string | null {
  try {
    return sealer.seal(sealer.open(sealed, place), place);
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}
