import type { Digest } from "../../core/digest.ts";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";

/** A copy of everything that is kept about a person, as a zip of JSON Lines files. */
export interface DataExport {
  id: Id;
  status: "waiting" | "ready" | "failed";
  /** The zip's blob; null until it is written. */
  digest: Digest | null;
  size: number | null;
  createdAt: Instant;
  /** Null while it waits. */
  expiresAt: Instant | null;
}
