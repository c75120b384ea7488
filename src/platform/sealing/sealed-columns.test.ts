import { expect, test } from "bun:test";
import { MIGRATIONS } from "../database/migrations.ts";
import { SEALED_COLUMNS } from "./sealed-columns.ts";

/** Columns whose comment in the migrations begins with "Sealed", and those of `instance_secrets`, which came before sealing. */
function documented(): string[] {
  const found = ["instance_secrets.value"];
  for (const { sql } of MIGRATIONS) {
    for (const [, table, body] of sql.matchAll(/CREATE TABLE (\w+) \(\n([\s\S]*?)\n\);/g))
      for (const [, column] of body!.matchAll(/^ +-- Sealed\b.*\n(?: +--.*\n)* +(\w+) /gm))
        found.push(`${table}.${column}`);
    for (const [, table, column] of sql.matchAll(/^-- Sealed\b.*\n(?:--.*\n)*ALTER TABLE (\w+) ADD COLUMN (\w+)/gm))
      found.push(`${table}.${column}`);
  }
  return found.sort();
}

test("every column that the migrations call sealed is in the list, and no other", () => {
  expect(SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(documented());
});

test("each is found by its table's primary key", () => {
  const sql = MIGRATIONS.map((migration) => migration.sql).join("\n");
  for (const { table, key } of SEALED_COLUMNS) {
    const body = new RegExp(`CREATE TABLE ${table} \\(\\n([\\s\\S]*?)\\n\\);`).exec(sql)?.[1] ?? "";
    expect(body).toMatch(new RegExp(`^ +${key} TEXT PRIMARY KEY`, "m"));
  }
});
