import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Fingerprint } from "../../core/signing/ed25519.ts";

/** A publisher's registered Ed25519 public key. A revoked key signs nothing more, and what it signed counts as unsigned. */
export interface SigningKey {
  id: Id;
  userId: Id;
  username: string;
  fingerprint: Fingerprint;
  /** Raw, base64. */
  publicKey: string;
  name: string;
  createdAt: Instant;
  revokedAt: Instant | null;
  revokeReason: string | null;
}
