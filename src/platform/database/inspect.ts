import { sql } from "kysely";
import type { Database } from "./database.ts";
import { toNumber } from "./dialect.ts";

/** Beyond this size the indexes are not held against their tables, which would take minutes. */
const WHOLE_CHECK_BYTES = 2 ** 30;
const MAX_PROBLEMS = 20;

/** What is wrong with the database itself, a line each; empty when it is sound. On Postgres the server keeps watch, and nothing is asked. */
export async function inspectDatabase(database: Database): Promise<string[]> {
  if (database.engine !== "sqlite") return [];
  const { read } = database;
  const size = await sql<{ bytes: number }>`
    SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()`.execute(read);
  const check = toNumber(size.rows[0]?.bytes) > WHOLE_CHECK_BYTES ? "quick_check" : "integrity_check";
  const answers = await sql.raw<Record<string, string>>(`PRAGMA ${check}(${MAX_PROBLEMS})`).execute(read);
  const problems = answers.rows.map((row) => String(Object.values(row)[0])).filter((answer) => answer !== "ok");
  const orphans = await sql<{ table: string; parent: string }>`PRAGMA foreign_key_check`.execute(read);
  const tables = Map.groupBy(orphans.rows, (row) => `${row.table} refers to ${row.parent}`);
  for (const [which, rows] of tables) problems.push(`${which}, which lacks the row (${rows.length} times)`);
  return problems;
}
