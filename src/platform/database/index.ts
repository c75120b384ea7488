import type { Database } from "./database.ts";
import { openPostgres } from "./postgres.ts";
import { openSqlite } from "./sqlite.ts";

export type { Database, Engine, Queries } from "./database.ts";
export * from "./dialect.ts";
export { inspectDatabase } from "./inspect.ts";
export { migrate, missingMigrations } from "./migrator.ts";
export type { ColumnClass } from "./column-class.ts";
export { COLUMN_CLASSES, type Tables } from "./column-classes.ts";
export type { Schema } from "./schema.ts";
export { knownNamespace, readableAssets, visibleOrganizations } from "./visibility.ts";

/** Opens `url` (`postgres://…` or `postgresql://…`), or the SQLite file at `path` when `url` is empty. Does not migrate. */
export function createDatabase(options: { url: string; path: string }): Database {
  if (/^postgres(ql)?:\/\//.test(options.url)) return openPostgres(options.url);
  if (options.url !== "") throw new Error('[database] url must be empty (SQLite) or begin with "postgres://".');
  return openSqlite(options.path);
}
