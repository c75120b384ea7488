import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { MIGRATIONS } from "../src/platform/database/migrations.ts";

test("docs/data-model.md names the tables that the migrations make, and no others", () => {
  const made = MIGRATIONS.flatMap(({ sql }) => [...sql.matchAll(/^CREATE TABLE (\w+)/gm)].map((match) => match[1]!));
  const document = readFileSync(resolve(import.meta.dir, "../docs/data-model.md"), "utf8");
  const rows = [...document.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)];
  const named = rows.flatMap((row) => [...row[1]!.matchAll(/`(\w+)`/g)].map((match) => match[1]!));
  expect(named.sort()).toEqual([...made, "schema_migrations"].sort());
});
