import type { Actor } from "../../core/actor.ts";
import type { Digest } from "../../core/digest.ts";
import type { Id } from "../../core/id.ts";
import type { TreeHash } from "../../core/signing/merkle-tree.ts";
import type { Queries } from "../database/index.ts";

/** What the log records; each with the facts that a verifier needs, named as they are in the REST API. */
export const TRANSPARENCY_TYPES = [
  "key.added",
  "key.revoked",
  "version.published",
  "version.recalled",
  "version.recall-lifted",
] as const;
export type TransparencyType = (typeof TRANSPARENCY_TYPES)[number];

export interface NewTransparencyEntry {
  type: TransparencyType;
  /** Who may read this asset may read the entry; others see its hash alone. null: everybody may. */
  assetId: Id | null;
  /** Whose name is in the facts: the entry is emptied when the account is erased, its hash stays. */
  userId?: Id | null;
  /** What it is about (an id): the same type of the same subject is recorded once, a second time does nothing. */
  subject?: string;
  /** Public facts: `fingerprint`, `username`, `ref`, `version`, `digest`, `number` … No personal data beyond a username, no secrets. */
  facts: Readonly<Record<string, string | number>>;
}

/** The append-only log of keys, versions and recalls. */
export interface TransparencyLog {
  /** Inside the transaction of what it records, behind `audit.append` and right before `outbox.append`: each takes a lock, always in this order. */
  append(tx: Queries, ...entries: NewTransparencyEntry[]): Promise<void>;
}

/** How far the log has come. */
export interface LogState {
  size: number;
  /** Of the tree over all leaves (RFC 6962). */
  root: TreeHash;
}

export interface LogEntry {
  index: number;
  leafHash: TreeHash;
  /** The bytes that the leaf's hash is over, as text; null where the reader may not see it, and when it was erased. */
  entry: string | null;
}

/** What was found wrong, and the first entry it is about. */
export interface LogProblem {
  index: number;
  problem: string;
}

export interface LogVerification extends LogState {
  /** Entries whose text was erased: of those the hash alone is known. */
  erased: number;
  /** Empty when the log is whole; at most 100. */
  problems: LogProblem[];
}

/** So many at a time. */
export const MAX_ENTRIES = 500;

/** Reading the log, and proofs about it. */
export interface TransparencyReader {
  state(): Promise<LogState>;
  /** Up to `limit` entries from index `from` on, with the eyes of somebody who goes through a list. */
  entries(actor: Actor, from: number, limit: number): Promise<LogEntry[]>;
  /** Of publications with this manifest that the actor may read, of one asset or of all; the newest first, at most 100. */
  publications(actor: Actor, digest: Digest, assetId: Id | null): Promise<LogEntry[]>;
  /** That leaf `index` is in the tree of `size` leaves (index < size <= the log's), the nearest hash first. */
  inclusionProof(index: number, size: number): Promise<TreeHash[]>;
  /** That the tree of `from` leaves is the beginning of that of `to` (from <= to <= the log's); nothing where one of them is empty or both are one. */
  consistencyProof(from: number, to: number): Promise<TreeHash[]>;
  /** Computes the chain and the tree anew from what is stored. */
  verify(signal?: AbortSignal): Promise<LogVerification>;
}
