import { sql } from "kysely";
import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";

export interface Namespace {
  id: Id;
  name: string;
  kind: "user" | "organization";
}

export const namespaceByName = async (q: Queries, name: string): Promise<Namespace | null> =>
  (await q.selectFrom("namespaces").select(["id", "name", "kind"]).where("name", "=", name).executeTakeFirst()) ?? null;

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
