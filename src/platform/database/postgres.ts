import { AsyncLocalStorage } from "node:async_hooks";
import { type ReservedSQL, SQL } from "bun";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  sql,
} from "kysely";
import type { Database, Queries } from "./database.ts";
import { isRetryable } from "./dialect.ts";
import type { Schema } from "./schema.ts";

const MAX_CONNECTIONS = 10;
const MAX_TRIES = 5;

/** The transaction that the running code is in, if any. */
const inside = new AsyncLocalStorage<{ open: boolean }>();

/** Opens a pool on `postgres://…`. Connections are made when first needed. */
export function openPostgres(url: string): Database {
  const pool = new SQL(url, { max: MAX_CONNECTIONS, idleTimeout: 60, connectionTimeout: 10, bigint: false });
  const read = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new PostgresDriver(pool),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
  async function write<T>(work: (tx: Queries) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await read.transaction().execute((tx) => withinTransaction(() => work(tx)));
      } catch (error) {
        if (!isRetryable(error) || attempt >= MAX_TRIES) throw error;
        await Bun.sleep(Math.random() * 20 * 2 ** attempt);
      }
    }
  }
  return {
    engine: "postgres",
    read,
    write,
    exclusively: (name, work) =>
      write(async (tx) => {
        await sql`SELECT pg_advisory_xact_lock(hashtext(${name}))`.execute(tx);
        return work(tx);
      }),
    async check() {
      await sql`SELECT 1`.execute(read);
    },
    close: () => read.destroy(),
  };
}

async function withinTransaction<T>(work: () => Promise<T>): Promise<T> {
  const transaction = { open: true };
  try {
    return await inside.run(transaction, work);
  } finally {
    transaction.open = false;
  }
}

class PostgresConnection implements DatabaseConnection {
  constructor(readonly reserved: ReservedSQL) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const rows = (await this.reserved.unsafe(query.sql, query.parameters as unknown[])) as R[] & {
      count: number | null;
    };
    return { rows, numAffectedRows: BigInt(rows.count ?? 0) };
  }

  // biome-ignore lint/correctness/useYield: Kysely's interface; no query here is streamed.
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("streaming is not used");
  }
}

class PostgresDriver implements Driver {
  constructor(readonly pool: SQL) {}

  async init(): Promise<void> {}

  /**
   * Throws inside a transaction: when as many of them as there are connections each waited for one more, none would ever go on.
   */
  async acquireConnection(): Promise<PostgresConnection> {
    if (inside.getStore()?.open) throw new Error("inside a transaction only its own handle may be used");
    return new PostgresConnection(await this.pool.reserve());
  }

  async beginTransaction(connection: PostgresConnection): Promise<void> {
    await connection.reserved.unsafe("BEGIN");
  }

  async commitTransaction(connection: PostgresConnection): Promise<void> {
    await connection.reserved.unsafe("COMMIT");
  }

  async rollbackTransaction(connection: PostgresConnection): Promise<void> {
    await connection.reserved.unsafe("ROLLBACK");
  }

  async releaseConnection(connection: PostgresConnection): Promise<void> {
    connection.reserved.release();
  }

  async destroy(): Promise<void> {
    await this.pool.close({ timeout: 5 });
  }
}
