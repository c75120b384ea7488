import { afterAll, beforeAll, describe } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, type Database, type Engine } from "../../src/platform/database/index.ts";
import { createPostgresDatabase, dropPostgresDatabase } from "./postgres.ts";
import { type DatabaseLocation, postgresTemplate, sqliteTemplate, uniqueName } from "./templates.ts";

export interface DatabaseUnderTest {
  engine: Engine;
  /** A new database with every migration applied, not yet opened; for a whole server or for two of them over one database. */
  locate(): Promise<DatabaseLocation>;
}

/**
 * Runs a suite on SQLite and on a real Postgres. `open` answers a database of its own each time, migrated and empty;
 * all of them are closed and removed after the suite.
 */
export function eachDatabase(
  name: string,
  suite: (open: () => Promise<Database>, under: DatabaseUnderTest) => void,
): void {
  for (const engine of ["sqlite", "postgres"] as const) {
    describe(`${name} on ${engine}`, () => {
      const cleanups: (() => Promise<void>)[] = [];
      const locate = async (): Promise<DatabaseLocation> => {
        const { location, remove } = await (engine === "sqlite" ? locateSqlite() : locatePostgres());
        cleanups.push(remove);
        return location;
      };
      const open = async (): Promise<Database> => {
        const database = createDatabase(await locate());
        cleanups.push(() => database.close());
        return database;
      };
      // Starting a server takes longer than a test may.
      beforeAll(async () => void (await (engine === "sqlite" ? sqliteTemplate() : postgresTemplate())), 60_000);
      afterAll(async () => {
        for (const cleanup of cleanups.reverse()) await cleanup();
      });
      suite(open, { engine, locate });
    });
  }
}

interface Located {
  location: DatabaseLocation;
  remove: () => Promise<void>;
}

async function locateSqlite(): Promise<Located> {
  const folder = mkdtempSync(join(tmpdir(), "marketplace-sqlite-"));
  const path = join(folder, "marketplace.db");
  writeFileSync(path, await sqliteTemplate());
  return { location: { url: "", path }, remove: async () => rmSync(folder, { recursive: true, force: true }) };
}

async function locatePostgres(): Promise<Located> {
  const url = await createPostgresDatabase(uniqueName("test"), await postgresTemplate());
  return { location: { url, path: "" }, remove: () => dropPostgresDatabase(url) };
}
