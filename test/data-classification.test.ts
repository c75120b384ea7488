import { expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { PERSON_TABLES } from "../src/modules/privacy/person-tables.ts";
import { COLUMN_CLASSES } from "../src/platform/database/index.ts";
import { MIGRATIONS } from "../src/platform/database/migrations.ts";

const database = new Database(":memory:");
for (const { sql } of MIGRATIONS) database.run(sql);
const tables = database
  .query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
  .all()
  .map(({ name }) => name);
const columnsOf = (table: string) =>
  database
    .query<{ name: string }, []>(`SELECT name FROM pragma_table_info('${table}')`)
    .all()
    .map(({ name }) => name);

test("every column of every table is classified, and nothing else", () => {
  const { schema_migrations: _, ...classes } = COLUMN_CLASSES;
  const classified = Object.fromEntries(
    Object.entries(classes).map(([table, columns]) => [table, Object.keys(columns).sort()]),
  );
  expect(classified).toEqual(Object.fromEntries(tables.map((table) => [table, columnsOf(table).sort()])));
});

test("every column that names a person is exported and erased by a rule", () => {
  const naming = tables.flatMap((table) => {
    const references = database
      .query<{ from: string; table: string }, []>(`SELECT "from", "table" FROM pragma_foreign_key_list('${table}')`)
      .all()
      .filter((key) => key.table === "users")
      .map((key) => key.from);
    const named = columnsOf(table).filter(
      (column) => /^(actor_id|user_id)$|_by$/.test(column) && column !== "leased_by",
    );
    return [...new Set([...references, ...named])].map((column) => `${table}.${column}`);
  });
  expect(PERSON_TABLES.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(naming.sort());
});

test("what opens something is secret: hashes of secrets and sealed texts", () => {
  for (const [table, columns] of Object.entries(COLUMN_CLASSES))
    for (const [column, of] of Object.entries(columns))
      if (/(password|token|code|key)_hash$/.test(column) && table !== "rate_limits")
        expect([table, column, of]).toEqual([table, column, "secret"]);
});
