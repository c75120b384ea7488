import { type Digest, digestHex } from "../digest.ts";
import type { Severity } from "../kind.ts";

/** The server's own words about a version: what it judged, by what, and who decided (a role, never a name). */
export interface VerdictPredicate {
  verdict: "passed" | "review" | "blocked";
  /** What the policy or the moderator said; null for nothing. */
  reason: string | null;
  decided_by: "policy" | "moderator" | "admin";
  decided_at: string;
  scanners: { name: string; version: string; state: string }[];
  /** How many of each severity. */
  findings: Partial<Record<Severity, number>>;
}

export const VERDICT_PREDICATE_TYPE = "https://llm-marketplace.dev/attestations/verdict/v1";

/** The in-toto statement (v1) of a verdict; the subject is the manifest. */
export function verdictStatement(
  subject: { ref: string; version: string; digest: Digest },
  predicate: VerdictPredicate,
): Uint8Array {
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: `${subject.ref}@${subject.version}`, digest: { sha256: digestHex(subject.digest) } }],
    predicateType: VERDICT_PREDICATE_TYPE,
    predicate,
  };
  return Buffer.from(JSON.stringify(statement));
}

/** The verdict that a statement gives this content; null for a statement of another kind or about something other. Never throws. */
export function verdictIn(statement: Uint8Array, digest: Digest): string | null {
  try {
    const { predicateType, subject, predicate } = JSON.parse(new TextDecoder().decode(statement)) as {
      predicateType?: string;
      subject?: { digest?: { sha256?: string } }[];
      predicate?: { verdict?: unknown };
    };
    if (predicateType !== VERDICT_PREDICATE_TYPE || subject?.length !== 1) return null;
    if (subject[0]?.digest?.sha256 !== digestHex(digest)) return null;
    return typeof predicate?.verdict === "string" ? predicate.verdict : null;
  } catch {
    return null;
  }
}
