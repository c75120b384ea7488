import { createHash } from "node:crypto";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Finding } from "../../platform/scanning/scanner.ts";
import type { Consequence } from "./policy.ts";

/** A publisher's explanation of what one rule finds in one asset. */
export interface Suppression {
  id: Id;
  assetId: Id;
  ruleId: string;
  /** null: in any file. */
  path: string | null;
  /** What the publisher says: plain text. */
  reason: string;
  /** `package`: it stands in `marketplace.toml`. */
  source: "package" | "person";
  status: "proposed" | "accepted" | "refused" | "withdrawn";
  proposedBy: string;
  createdAt: Instant;
  decidedBy: string | null;
  decidedAt: Instant | null;
  /** What the moderator said. */
  answer: string | null;
  /** Until when an accepted one counts for new versions. */
  expiresAt: Instant | null;
}

/** An accepted explanation, as judging needs it. */
export interface Acceptance extends Pick<Suppression, "id" | "ruleId" | "path"> {
  /** Digests of the places that the moderator saw. */
  places: ReadonlySet<string>;
  /** Whoever accepted it may let blocked versions through. */
  coversBlocking: boolean;
  expiresAt: Instant;
}

type Placed = Pick<Finding, "ruleId" | "path" | "excerpt" | "message">;

/** What stands at a finding's place, whatever its line: the same words moved are the same place, other words are not. */
export const placeOf = ({ excerpt, message }: Placed): string =>
  createHash("sha256")
    .update((excerpt === "" ? message : excerpt).replace(/\s+/g, " ").trim())
    .digest("base64url")
    .slice(0, 22);

/** Whether an explanation is about this finding at all. */
export const isAbout = ({ ruleId, path }: Pick<Suppression, "ruleId" | "path">, finding: Placed): boolean =>
  ruleId === finding.ruleId && (path === null || path === finding.path);

/**
 * The accepted explanation that lets a finding pass, null for none. It covers the places that were seen when it was accepted, by the
 * same rule, until it expires; what would block only when whoever accepted it may let blocked versions through.
 */
export function acceptanceOf(
  finding: Placed,
  consequence: Consequence,
  acceptances: readonly Acceptance[],
  at: Instant,
): Acceptance | null {
  if (consequence === "pass") return null;
  return (
    acceptances.find(
      (one) =>
        isAbout(one, finding) &&
        one.expiresAt > at &&
        (consequence !== "block" || one.coversBlocking) &&
        one.places.has(placeOf(finding)),
    ) ?? null
  );
}
