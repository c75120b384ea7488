import { Database as BunSqlite, type SQLQueryBindings } from "bun:sqlite";
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import type { Database, Queries } from "./database.ts";
import type { Schema } from "./schema.ts";
import { Mutex } from "./mutex.ts";

/** How long a writer waits for another process (an administrator's command) that holds the write lock. */
const BUSY_LIMIT_MS = 15_000;
const BUSY_RETRY_MS = 10;

/** Opens (and makes) the SQLite file: WAL, durable at every commit, one writer connection and one for readers. */
export function openSqlite(path: string): Database {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const writer = connect(path);
  const reader = connect(path);
  reader.run("PRAGMA query_only = ON");
  const write = kyselyOver(new SqliteDriver(writer, true));
  const read = kyselyOver(new SqliteDriver(reader, false));
  const transaction = <T>(work: (tx: Queries) => Promise<T>): Promise<T> =>
    write.transaction().execute((tx) => work(tx));
  return {
    engine: "sqlite",
    read,
    write: transaction,
    // One writer at a time in every process: a write transaction already excludes all others.
    exclusively: (_name, work) => transaction(work),
    async check() {
      reader.query("SELECT 1").get();
    },
    async close() {
      await Promise.all([read.destroy(), write.destroy()]);
    },
  };
}

function connect(path: string): BunSqlite {
  const database = new BunSqlite(path, { create: true, readwrite: true });
  // A synchronous wait would hold up every request, so SQLite waits little and `begin` retries.
  database.run("PRAGMA busy_timeout = 250");
  database.run("PRAGMA journal_mode = WAL");
  database.run("PRAGMA synchronous = FULL");
  database.run("PRAGMA foreign_keys = ON");
  database.run("PRAGMA temp_store = MEMORY");
  database.run("PRAGMA cache_size = -16000");
  return database;
}

function kyselyOver(driver: Driver): Kysely<Schema> {
  return new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => driver,
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
}

class SqliteConnection implements DatabaseConnection {
  constructor(readonly sqlite: BunSqlite) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const statement = this.sqlite.query(query.sql);
    const parameters = query.parameters as SQLQueryBindings[];
    if (statement.columnNames.length > 0) {
      const rows = statement.all(...parameters) as R[];
      return { rows, numAffectedRows: BigInt(rows.length) };
    }
    const { changes } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes) };
  }

  // biome-ignore lint/correctness/useYield: Kysely's interface; no query here is streamed.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("streaming is not used");
  }
}

class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection;
  readonly #turns: Mutex | null;

  constructor(
    readonly sqlite: BunSqlite,
    exclusive: boolean,
  ) {
    this.#connection = new SqliteConnection(sqlite);
    this.#turns = exclusive ? new Mutex() : null;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    await this.#turns?.acquire();
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#turns?.release();
  }

  async beginTransaction(): Promise<void> {
    const limit = Date.now() + BUSY_LIMIT_MS;
    for (;;) {
      try {
        this.sqlite.run("BEGIN IMMEDIATE");
        return;
      } catch (error) {
        if (!isBusy(error) || Date.now() > limit) throw error;
        await Bun.sleep(BUSY_RETRY_MS);
      }
    }
  }

  async commitTransaction(): Promise<void> {
    this.sqlite.run("COMMIT");
  }

  async rollbackTransaction(): Promise<void> {
    // A full disk or an I/O error may have rolled back already.
    if (this.sqlite.inTransaction) this.sqlite.run("ROLLBACK");
  }

  async destroy(): Promise<void> {
    this.sqlite.close();
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && "code" in error && String(error.code).startsWith("SQLITE_BUSY");
