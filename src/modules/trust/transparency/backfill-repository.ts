import { sql } from "kysely";
import type { Id } from "../../../core/id.ts";
import { type Queries, toNumber } from "../../../platform/database/index.ts";
import type { TransparencyType } from "../../../platform/transparency/transparency-log.ts";

/** The row of `counters` that says that everything of before the log was recorded. */
const MARK = "transparency-backfill";

/** Something that happened before there was a log. */
export interface Unrecorded {
  type: TransparencyType;
  subject: string;
  at: string;
  assetId: Id | null;
  userId: Id | null;
  fingerprint: string | null;
  publicKey: string | null;
  username: string | null;
  ref: string | null;
  version: string | null;
  digest: string | null;
  number: number | null;
}

export const isBackfilled = async (q: Queries): Promise<boolean> =>
  (await q.selectFrom("counters").select("value").where("name", "=", MARK).executeTakeFirst()) !== undefined;

export const markBackfilled = (tx: Queries) =>
  tx
    .insertInto("counters")
    .values({ name: MARK, value: 1 })
    .onConflict((conflict) => conflict.doNothing())
    .execute();

/** What the log lacks, by the time at which it happened, then by type and id. */
export async function unrecorded(q: Queries, limit: number): Promise<Unrecorded[]> {
  const key = (type: TransparencyType, at: string, more = sql``) => sql`
    SELECT ${type} AS type, k.id AS subject, ${sql.ref(`k.${at}`)} AS at, CAST(NULL AS TEXT) AS asset_id, k.user_id AS user_id,
      k.fingerprint AS fingerprint, k.public_key AS public_key, u.username AS username, CAST(NULL AS TEXT) AS ref,
      CAST(NULL AS TEXT) AS version, CAST(NULL AS TEXT) AS digest, CAST(NULL AS BIGINT) AS number
    FROM signing_keys k JOIN users u ON u.id = k.user_id WHERE u.erased_at IS NULL ${more}`;
  const version = (
    type: TransparencyType,
    subject: string,
    at: string,
    from = sql``,
    number = sql`CAST(NULL AS BIGINT)`,
  ) => sql`
    SELECT ${type} AS type, ${sql.raw(subject)} AS subject, ${sql.ref(at)} AS at, v.asset_id AS asset_id, CAST(NULL AS TEXT) AS user_id,
      CAST(NULL AS TEXT) AS fingerprint, CAST(NULL AS TEXT) AS public_key, CAST(NULL AS TEXT) AS username,
      n.name || '/' || a.slug AS ref, v.version AS version, v.manifest_digest AS digest, ${number} AS number
    FROM versions v JOIN assets a ON a.id = v.asset_id JOIN namespaces n ON n.id = a.namespace_id ${from}
    WHERE a.deleted_at IS NULL AND ${sql.ref(at)} IS NOT NULL`;
  const recalled = sql`JOIN recalls r ON r.digest = v.manifest_digest`;
  const recall = "CAST(r.number AS TEXT) || ' ' || v.id";
  const { rows } = await sql<Row>`
    SELECT * FROM (
      ${key("key.added", "created_at")} UNION ALL
      ${key("key.revoked", "revoked_at", sql`AND k.revoked_at IS NOT NULL`)} UNION ALL
      ${version("version.published", "v.id", "v.released_at")} UNION ALL
      ${version("version.recalled", recall, "r.recalled_at", recalled, sql`r.number`)} UNION ALL
      ${version("version.recall-lifted", recall, "r.lifted_at", recalled, sql`r.number`)}
    ) happened
    WHERE NOT EXISTS (SELECT 1 FROM transparency_entries e WHERE e.type = happened.type AND e.subject = happened.subject)
    ORDER BY at, type, subject LIMIT ${limit}`.execute(q);
  return rows.map(({ asset_id, user_id, public_key, number, ...row }) => ({
    ...row,
    assetId: asset_id,
    userId: user_id,
    publicKey: public_key,
    number: number === null ? null : toNumber(number),
  }));
}

type Row = Omit<Unrecorded, "assetId" | "userId" | "publicKey"> & {
  asset_id: Id | null;
  user_id: Id | null;
  public_key: string | null;
};
