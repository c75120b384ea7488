import type { Id } from "../../core/id.ts";
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
  /** Public facts: `fingerprint`, `username`, `ref`, `version`, `digest`, `number` … No personal data beyond a username, no secrets. */
  facts: Readonly<Record<string, string | number>>;
}

/** The append-only log of keys, versions and recalls. */
export interface TransparencyLog {
  /** Inside the transaction of what it records, right before `audit.append`. */
  append(tx: Queries, ...entries: NewTransparencyEntry[]): Promise<void>;
}
