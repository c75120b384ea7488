import { type RawBuilder, sql } from "kysely";
import type { SignedIn } from "../../core/actor.ts";
import {
  COLUMN_CLASSES,
  type ColumnClass,
  type Queries,
  readableAssets,
  type Tables,
  toNumber,
  visibleOrganizations,
} from "../../platform/database/index.ts";
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

/**
 * Which rows are shown whole, of tables that are more than one person's: whoever left an organization made its assets once, but
 * reads them no more. What lies in the own namespace stays, deleted or not.
 */
function shownWhole(table: keyof Tables, person: SignedIn): RawBuilder<boolean> {
  const mine = sql<boolean>`(assets.namespace_id = ${person.namespaceId} OR ${readableAssets(person, "read")})`;
  if (table === "assets") return mine;
  if (table === "versions")
    return sql<boolean>`EXISTS (SELECT 1 FROM assets WHERE assets.id = versions.asset_id AND ${mine})`;
  return table === "organizations" ? visibleOrganizations(person) : sql<boolean>`(1 = 1)`;
}

/** That it was this person, and when: all that is shown of what they may not read any more. */
const OWN_ACT: ReadonlySet<string> = new Set(["id", "created_at", "published_at", "created_by", "published_by"]);

/** The person's rows of a table, without secrets and without what they may not read. */
export async function* personalRows(
  q: Queries,
  table: keyof Tables,
  person: SignedIn,
): AsyncGenerator<Record<string, unknown>> {
  const naming =
    table === "users" ? ["id"] : PERSON_TABLES.filter((one) => one.table === table).map((one) => one.column);
  const columns = shownColumns(table);
  for (let offset = 0; ; offset += PAGE) {
    // Table and columns come from our own lists, never from a request; Kysely cannot type a table that varies.
    const query = q
      .selectFrom(table as "users")
      .select(columns as "id"[])
      .select(sql<number>`CASE WHEN ${shownWhole(table, person)} THEN 1 ELSE 0 END`.as("shown_whole"));
    const rows = await query
      .where((eb) => eb.or(naming.map((column) => eb(column as "id", "=", person.userId))))
      .orderBy(columns[0] as "id")
      .limit(PAGE)
      .offset(offset)
      .execute();
    for (const { shown_whole, ...row } of rows)
      yield toNumber(shown_whole) === 1
        ? row
        : Object.fromEntries(Object.entries(row).filter(([column]) => OWN_ACT.has(column)));
    if (rows.length < PAGE) return;
  }
}
