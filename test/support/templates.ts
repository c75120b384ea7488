import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, migrate } from "../../src/platform/database/index.ts";
import { createPostgresDatabase } from "./postgres.ts";

/** Where a database lies, as `createDatabase` and the configuration take it. */
export interface DatabaseLocation {
  url: string;
  path: string;
}

// Migrating takes longer than copying what was migrated once.

let sqlite: Promise<Buffer> | undefined;
/** The bytes of a SQLite file with every migration applied. */
export function sqliteTemplate(): Promise<Buffer> {
  sqlite ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), "marketplace-template-"));
    const path = join(folder, "template.db");
    try {
      await migrateAndClose({ url: "", path });
      return readFileSync(path);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  })();
  return sqlite;
}

let postgres: Promise<string> | undefined;
/** The name of a Postgres database with every migration applied: TEST_POSTGRES_TEMPLATE, or one made on first use. */
export function postgresTemplate(): Promise<string> {
  postgres ??= (async () => {
    if (process.env.TEST_POSTGRES_TEMPLATE) return process.env.TEST_POSTGRES_TEMPLATE;
    const name = uniqueName("template");
    await migrateAndClose({ url: await createPostgresDatabase(name), path: "" });
    return name;
  })();
  return postgres;
}

async function migrateAndClose(location: DatabaseLocation): Promise<void> {
  const database = createDatabase(location);
  try {
    await migrate(database);
  } finally {
    await database.close();
  }
}

/** A name for a database that nobody else has. */
export const uniqueName = (prefix: string): string => `marketplace_${prefix}_${randomBytes(8).toString("hex")}`;
