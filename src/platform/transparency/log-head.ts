import { EMPTY_ROOT, type TreeHash } from "../../core/signing/merkle-tree.ts";
import { type Queries, toNumber } from "../database/index.ts";
import { NOTHING_BEFORE } from "./transparency-entry.ts";

/** The row of `transparency_heads`, and where its seal belongs. */
export const HEAD_NAME = "transparency";
export const HEAD_PLACE = `transparency_heads:${HEAD_NAME}`;

/** The end of the log as it is stored. */
export interface Head {
  size: number;
  /** Of the last leaf. */
  leafHash: TreeHash | "";
  root: TreeHash;
}

export const BEGINNING: Head = { size: 0, leafHash: NOTHING_BEFORE, root: EMPTY_ROOT };

/** What the head's seal holds. */
export const sealedText = ({ size, leafHash, root }: Head): string => `${size} ${leafHash} ${root}`;

/** null before the first entry. */
export async function readHead(q: Queries): Promise<(Head & { seal: string }) | null> {
  const row = await q.selectFrom("transparency_heads").selectAll().where("name", "=", HEAD_NAME).executeTakeFirst();
  return row ? { size: toNumber(row.size), leafHash: row.leaf_hash, root: row.root_hash, seal: row.seal } : null;
}
