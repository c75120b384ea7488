import type { Id } from "../../core/id.ts";
import { COLUMN_CLASSES, type ColumnClass, type Queries, type Tables } from "../../platform/database/index.ts";
import { PERSON_TABLES } from "./person-tables.ts";

const PAGE = 500;

/** The columns of a table that may be shown to the person its row is about: all but secrets. */
const shownColumns = (table: keyof Tables): string[] =>
  Object.entries(COLUMN_CLASSES[table] as Record<string, ColumnClass>)
    .filter(([, of]) => of !== "secret")
    .map(([column]) => column);

/** Every table that has something of the person, with the rows page by page. */
export const PERSONAL_RECORDS: readonly (keyof Tables)[] = [
  "users",
  ...new Set(PERSON_TABLES.map(({ table }) => table)),
];

/** The person's rows of a table, without secrets. */
export async function* personalRows(
  q: Queries,
  table: keyof Tables,
  userId: Id,
): AsyncGenerator<Record<string, unknown>> {
  const naming =
    table === "users" ? ["id"] : PERSON_TABLES.filter((one) => one.table === table).map((one) => one.column);
  const columns = shownColumns(table);
  for (let offset = 0; ; offset += PAGE) {
    // Table and columns come from our own lists, never from a request; Kysely cannot type a table that varies.
    const query = q.selectFrom(table as "users").select(columns as "id"[]);
    const rows = await query
      .where((eb) => eb.or(naming.map((column) => eb(column as "id", "=", userId))))
      .orderBy(columns[0] as "id")
      .limit(PAGE)
      .offset(offset)
      .execute();
    yield* rows as Record<string, unknown>[];
    if (rows.length < PAGE) return;
  }
}
