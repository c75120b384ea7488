import { randomBytes } from "node:crypto";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import { leafHash, type TreeHash } from "../../core/signing/merkle-tree.ts";
import type { NewTransparencyEntry } from "./transparency-log.ts";

/** An entry as it is stored. */
export interface StoredEntry {
  position: number;
  type: string;
  asset_id: Id | null;
  user_id: Id | null;
  subject: string | null;
  digest: string | null;
  /** Empty when it was erased. */
  entry: string;
  leaf_hash: TreeHash;
  previous_hash: TreeHash | "";
  created_at: Instant;
}

/** The hash before the first entry's. */
export const NOTHING_BEFORE = "";

/**
 * The bytes of a leaf: JSON with sorted names. The salt keeps an entry that a reader may not see from being guessed by its hash;
 * `previous` chains it to the leaf before.
 */
function entryText(entry: {
  asset: Id | null;
  at: Instant;
  facts: Readonly<Record<string, string | number>>;
  index: number;
  previous: TreeHash | "";
  salt: string;
  type: string;
}): string {
  const facts = Object.fromEntries(Object.entries(entry.facts).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ ...entry, facts });
}

export function storedEntry(
  entry: NewTransparencyEntry,
  at: { position: number; previous: TreeHash | ""; instant: Instant },
): StoredEntry {
  const { type, assetId, facts } = entry;
  const { digest } = facts;
  const text = entryText({
    asset: assetId,
    at: at.instant,
    facts,
    index: at.position,
    previous: at.previous,
    salt: randomBytes(16).toString("hex"),
    type,
  });
  return {
    position: at.position,
    type,
    asset_id: assetId,
    user_id: entry.userId ?? null,
    subject: entry.subject ?? null,
    digest: typeof digest === "string" ? digest : null,
    entry: text,
    leaf_hash: leafHash(Buffer.from(text)),
    previous_hash: at.previous,
    created_at: at.instant,
  };
}

/** What of a stored entry does not agree with the text that its hash is over; null when all does. */
export function entryProblem(stored: StoredEntry): string | null {
  if (leafHash(Buffer.from(stored.entry)) !== stored.leaf_hash) return "was changed";
  const said = readEntry(stored.entry);
  const same =
    said !== null &&
    said.index === stored.position &&
    said.previous === stored.previous_hash &&
    said.type === stored.type &&
    said.at === stored.created_at &&
    said.asset === stored.asset_id &&
    (said.facts?.["digest"] ?? null) === stored.digest;
  return same ? null : "says something other than its row";
}

type Said = Partial<Record<"asset" | "at" | "index" | "previous" | "type", unknown>> & {
  facts?: Record<string, unknown>;
};

function readEntry(text: string): Said | null {
  try {
    return JSON.parse(text) as Said | null;
  } catch {
    return null;
  }
}
