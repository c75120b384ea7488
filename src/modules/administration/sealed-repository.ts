import { sql } from "kysely";
import { type Queries, toNumber } from "../../platform/database/index.ts";
import type { SealedColumn } from "../../platform/sealing/sealed-columns.ts";

// Sealed columns, whichever table they are in: their names come from SEALED_COLUMNS alone.

export interface SealedRow {
  key: string;
  sealed: string;
}

/** `s1.` and the key's id, as sealed text begins. */
const BEGINNING = 11;

/** How many rows begin alike: the beginning names the key. */
export async function countSealed(q: Queries, of: SealedColumn): Promise<{ beginning: string; count: number }[]> {
  const { rows } = await sql<{ beginning: string; n: number | string }>`
    SELECT substr(${sql.ref(of.column)}, 1, ${sql.lit(BEGINNING)}) AS beginning, count(*) AS n
    FROM ${sql.table(of.table)} WHERE ${sql.ref(of.column)} <> '' GROUP BY 1 ORDER BY 1`.execute(q);
  return rows.map((row) => ({ beginning: row.beginning, count: toNumber(row.n) }));
}

/** Rows that do not begin like `current`, by their key, after `after`. */
export async function listOtherwiseSealed(
  q: Queries,
  of: SealedColumn,
  { current, after, limit }: { current: string; after: string; limit: number },
): Promise<SealedRow[]> {
  const { rows } = await sql<SealedRow>`
    SELECT ${sql.ref(of.key)} AS key, ${sql.ref(of.column)} AS sealed FROM ${sql.table(of.table)}
    WHERE ${sql.ref(of.column)} <> '' AND substr(${sql.ref(of.column)}, 1, ${sql.lit(BEGINNING)}) <> ${current}
      AND ${sql.ref(of.key)} > ${after}
    ORDER BY ${sql.ref(of.key)} LIMIT ${limit}`.execute(q);
  return rows;
}

/** Answers false when the row changed meanwhile: then it stays as it is. */
export async function replaceSealed(tx: Queries, of: SealedColumn, row: SealedRow, anew: string): Promise<boolean> {
  const { numAffectedRows } = await sql`
    UPDATE ${sql.table(of.table)} SET ${sql.ref(of.column)} = ${anew}
    WHERE ${sql.ref(of.key)} = ${row.key} AND ${sql.ref(of.column)} = ${row.sealed}`.execute(tx);
  return numAffectedRows === 1n;
}
