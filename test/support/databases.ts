import { afterAll, beforeAll, describe } from "bun:test";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, type Database, type Engine, migrate } from "../../src/platform/database/index.ts";
import { createPostgresDatabase, dropPostgresDatabase } from "./postgres.ts";

/** Where a database lies, as `createDatabase` and the configuration take it. */
export interface DatabaseLocation {
  url: string;
  path: string;
}

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
      beforeAll(() => template(engine), 60_000);
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

// Migrating takes longer than copying what was migrated once.

async function template(engine: Engine): Promise<void> {
  await (engine === "sqlite" ? sqliteTemplate() : postgresTemplate());
}

let sqlite: Promise<Buffer> | undefined;
function sqliteTemplate(): Promise<Buffer> {
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
function postgresTemplate(): Promise<string> {
  postgres ??= (async () => {
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

const uniqueName = (prefix: string): string => `marketplace_${prefix}_${randomBytes(8).toString("hex")}`;
