import type { Kysely } from "kysely";
import type { Schema } from "./schema.ts";

/** Something queries can be built on: the readers, or the handle of a transaction. Repositories take it as first argument. */
export type Queries = Kysely<Schema>;

export type Engine = "sqlite" | "postgres";

/** The database of one process. */
export interface Database {
  engine: Engine;
  /** For reading outside a transaction. On SQLite a separate connection: it sees only what is committed. */
  read: Queries;
  /**
   * Runs `work` in one write transaction and commits when it resolves; rolls back when it throws. On SQLite writers take
   * turns (BEGIN IMMEDIATE); on Postgres it is READ COMMITTED and retried on serialization failure or deadlock, so
   * `work` may run more than once and touches nothing but the handle it is given: no blob, network, scanner or other handle.
   */
  write<T>(work: (tx: Queries) => Promise<T>): Promise<T>;
  /** Runs `work` in a transaction while no other process runs work under the same name. */
  exclusively<T>(name: string, work: (tx: Queries) => Promise<T>): Promise<T>;
  /** Throws when the database does not answer. */
  check(): Promise<void>;
  close(): Promise<void>;
}
