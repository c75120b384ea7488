import { type RawBuilder, sql } from "kysely";
import type { Engine, Queries } from "./database.ts";

/** Wide numbers and counts: Postgres answers them as text, SQLite as numbers. */
export const toNumber = (value: number | string | bigint | null | undefined): number => Number(value ?? 0);

export const toFlag = (value: boolean): number => (value ? 1 : 0);
export const fromFlag = (value: number | string): boolean => Number(value) === 1;

const codeOf = (error: unknown): string => {
  if (typeof error !== "object" || error === null) return "";
  const { code, errno } = error as { code?: unknown; errno?: unknown };
  return `${String(code ?? "")} ${String(errno ?? "")}`;
};

/** A row with the same key is there already. */
export const isUniqueViolation = (error: unknown): boolean =>
  /SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)|\b23505\b/.test(codeOf(error));

/** The database asks to run the whole transaction again: serialization failure, deadlock. */
export const isRetryable = (error: unknown): boolean => /\b(40001|40P01)\b/.test(codeOf(error));

/** The database cannot be reached or is busy; the same request may go through later. */
export const isUnavailable = (error: unknown): boolean =>
  /SQLITE_BUSY|SQLITE_IOERR|ERR_POSTGRES_(CONNECTION|IDLE|LIFETIME)|\b(57P0[123]|53300|08\d{3})\b/.test(codeOf(error));

/** The disk under the database is full. */
export const isStorageFull = (error: unknown): boolean => /SQLITE_FULL|ENOSPC|\b53100\b/.test(codeOf(error));

export const forUpdateSkipLocked = (engine: Engine): RawBuilder<unknown> =>
  engine === "postgres" ? sql`FOR UPDATE SKIP LOCKED` : sql``;

/** Holds until commit; shared holders run side by side, but never beside an exclusive one. Without effect on SQLite. */
export async function lockShared(tx: Queries, engine: Engine, name: string): Promise<void> {
  if (engine === "postgres") await sql`SELECT pg_advisory_xact_lock_shared(hashtext(${name}))`.execute(tx);
}
