import { sql } from "kysely";
import { instant, systemClock } from "../../core/clock.ts";
import { sha256 } from "../../core/digest.ts";
import type { Database, Queries } from "./database.ts";
import { MIGRATIONS, type Migration } from "./migrations.ts";

/** The database and this program do not fit; the message says what to do. */
export class MigrationError extends Error {
  override name = "MigrationError";
}

/**
 * Brings the database up to this program's tables, under a lock that other processes wait for, in one transaction.
 * Answers the names applied. Refuses a database of a newer program, and one whose applied migrations have changed since.
 */
export async function migrate(database: Database, migrations: readonly Migration[] = MIGRATIONS): Promise<string[]> {
  if ((await missingMigrations(database, migrations)).length === 0) return [];
  return database.exclusively("migrate", async (tx) => {
    await sql`CREATE TABLE IF NOT EXISTS schema_migrations (
      name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied_at TEXT NOT NULL)`.execute(tx);
    const applied = await tx.selectFrom("schema_migrations").select(["name", "checksum"]).execute();
    verify(applied, migrations);
    const missing = migrations.filter((m) => !applied.some((a) => a.name === m.name));
    for (const migration of missing) await apply(tx, migration);
    return missing.map((m) => m.name);
  });
}

/** The migrations that are yet to be applied: most starts find none and take no lock. Changes nothing; throws what `migrate` would. */
export async function missingMigrations(
  database: Database,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<string[]> {
  const applied = await database.read
    .selectFrom("schema_migrations")
    .select(["name", "checksum"])
    .execute()
    .catch(() => null);
  verify(applied ?? [], migrations);
  const known = new Set(applied?.map((row) => row.name));
  return migrations.filter((migration) => !known.has(migration.name)).map((migration) => migration.name);
}

function verify(applied: { name: string; checksum: string }[], migrations: readonly Migration[]): void {
  for (const row of applied) {
    const known = migrations.find((m) => m.name === row.name);
    if (!known)
      throw new MigrationError(
        `The database holds migration ${row.name}, which this program does not know: it was written by a newer version. ` +
          "Start that version, or restore a backup made by this one.",
      );
    if (checksum(known) !== row.checksum)
      throw new MigrationError(
        `Migration ${row.name} was applied with another content than this program's. ` +
          "Use the program that made this database, or restore a backup.",
      );
  }
}

async function apply(tx: Queries, migration: Migration): Promise<void> {
  for (const statement of statements(migration.sql)) await sql.raw(statement).execute(tx);
  await tx
    .insertInto("schema_migrations")
    .values({ name: migration.name, checksum: checksum(migration), applied_at: instant(systemClock.now()) })
    .execute();
}

const checksum = (migration: Migration): string => sha256(migration.sql);

/** Migrations hold plain statements that each end with `;` at a line's end, and comments on lines of their own. */
function statements(text: string): string[] {
  return text
    .replace(/^\s*--.*$/gm, "")
    .split(/;[ \t]*(?:\r?\n|$)/)
    .map((s) => s.trim())
    .filter((s) => s !== "");
}
