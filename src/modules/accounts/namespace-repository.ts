import { sql } from "kysely";
import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";

export interface Namespace {
  id: Id;
  name: string;
  kind: "user" | "organization";
  /** Of a private organization: for others than its members it does not exist. */
  hidden: boolean;
}

export async function namespaceByName(q: Queries, name: string): Promise<Namespace | null> {
  const row = await q
    .selectFrom("namespaces")
    .leftJoin("organizations", "organizations.namespace_id", "namespaces.id")
    .select(["namespaces.id", "namespaces.name", "namespaces.kind", "organizations.visibility"])
    .where("namespaces.name", "=", name)
    .executeTakeFirst();
  return row ? { id: row.id, name: row.name, kind: row.kind, hidden: row.visibility === "private" } : null;
}

/**
 * Adds to what a namespace stores, unless that would pass `quota` bytes (0: no quota); answers whether it did. One statement:
 * parallel publications cannot pass the quota together.
 */
export async function reserveStorage(tx: Queries, namespaceId: Id, bytes: number, quota: number): Promise<boolean> {
  let update = tx
    .updateTable("namespaces")
    .set({ storage_bytes: sql<number>`storage_bytes + ${bytes}` })
    .where("id", "=", namespaceId);
  if (quota > 0) update = update.where(sql<boolean>`storage_bytes + ${bytes} <= ${quota}`);
  const result = await update.executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
