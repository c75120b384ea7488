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

interface Placed extends Pick<Finding, "ruleId" | "path" | "excerpt" | "message"> {
  /** The digest of the file that it was found in, or of the whole version where that is no file of its own. */
  content: string;
}

/**
 * What stands at a finding's place, whatever its line: the same words moved are the same place, other words are not. Where the
 * excerpt does not say all of it (a masked secret, a cut line, none), the file may not change either: another secret looks the same.
 */
export const placeOf = ({ excerpt, message, content }: Omit<Placed, "ruleId" | "path">): string =>
  createHash("sha256")
    .update((excerpt === "" ? message : excerpt).replace(/\s+/g, " ").trim())
    .update(excerpt === "" || excerpt.includes("…") ? `\n${content}` : "")
    .digest("base64url")
    .slice(0, 22);

/** The content that findings at these paths of a version stand in. */
export function contentOf(version: { digest: string }, files: readonly { path: string; digest: string }[]) {
  const byPath = new Map(files.map(({ path, digest }) => [path, digest]));
  return (path: string | null): string => (path === null ? undefined : byPath.get(path)) ?? version.digest;
}

/** Whether an explanation is about this finding at all. */
export const isAbout = (
  { ruleId, path }: Pick<Suppression, "ruleId" | "path">,
  finding: Pick<Finding, "ruleId" | "path">,
): boolean => ruleId === finding.ruleId && (path === null || path === finding.path);

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
