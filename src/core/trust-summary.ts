import type { CapabilityKind } from "./capability.ts";
import type { Instant } from "./clock.ts";
import type { AssetStatus, Verdict } from "./kind.ts";
import type { Terms } from "./licence-terms.ts";
import type { Provenance } from "./signing/provenance.ts";

/** What a reader is told first of a version, the worst that is true of it; the words are in TRUST_HEADLINE. */
export const TRUST_STATES = [
  "recalled",
  "suspended",
  "blocked",
  "pending",
  "review",
  "malicious",
  "vulnerable",
  "unchecked",
  "key-revoked",
  "unsigned",
  "signed",
] as const;
export type TrustState = (typeof TRUST_STATES)[number];

export const TRUST_HEADLINE: Readonly<Record<TrustState, string>> = {
  recalled: "Recalled: do not use",
  suspended: "Suspended by a moderator",
  blocked: "Blocked",
  pending: "Being checked",
  review: "Waits for a moderator",
  malicious: "Names a package known to be malicious",
  vulnerable: "Has known vulnerabilities",
  unchecked: "Published, but no scanner looked at it",
  "key-revoked": "Checked; the key that signed it was revoked",
  unsigned: "Checked; not signed",
  signed: "Checked and signed",
};

/** What a licence asks, in a few words; empty where nobody knows. */
export const TERMS_TEXT: Readonly<Record<Terms, string>> = {
  free: "Use, change and pass on freely; keep its author's name.",
  weak: "Use freely; changes to its own files stay under the same licence.",
  strong: "What you make of it and pass on may have to come under the same licence.",
  network: "The same licence may be asked for even of what is only offered over a network.",
  "use-limits": "Lists uses that are forbidden or limited: read it first.",
  "non-commercial": "Not for commercial use.",
  "no-derivatives": "May not be passed on in a changed form.",
  proprietary: "Only as its owner allows: read it first.",
  unknown: "",
};

/** A group of what a version can do. */
export interface CapabilityGroup {
  kind: CapabilityKind;
  count: number;
  /** The first few, those gained before the others. */
  values: { value: string; gained: boolean }[];
  /** How many are new since the version before. */
  gained: number;
}

/** Everything that speaks for or against a version, as far as its reader may know. null says that something is not known. */
export interface TrustSummary {
  state: TrustState;
  recall: { number: number; reason: string; at: Instant } | null;
  publisher: {
    name: string;
    kind: "user" | "organization";
    /** An administrator said that the organization is who it says it is. */
    verified: boolean;
    since: Instant;
    /** Published versions of assets that the reader may find in lists, counted up to 100. */
    published: number;
    /** There are more of them than were counted. */
    more: boolean;
  };
  /** The first of them, of `signatureCount`; a key that is not revoked before the others. */
  signatures: {
    signer: string;
    keyName: string;
    fingerprint: string;
    signedAt: Instant;
    revokedAt: Instant | null;
    /** The name that was signed, when the asset has another now. */
    signedAs: string | null;
  }[];
  signatureCount: number;
  /** What the newest scan says of a signature of the model (OMS) among the files; a signer is believed only when it is verified. */
  modelSignature: { state: "verified" | "content-matches" | "does-not-match" | "none"; signer: string | null };
  /** null: a person, or a key of theirs, uploaded it. */
  build: Provenance | null;
  verdict: Verdict;
  verdictReason: string | null;
  /** The newest scan that completed; null while there is none. */
  scan: { finishedAt: Instant; scanners: number; completed: number; findings: number; explained: number } | null;
  /** null while no scan has looked. */
  capabilities: { groups: CapabilityGroup[]; since: string | null } | null;
  license: { expression: string | null; terms: Terms };
  advisories: {
    known: { id: string; package: string; level: "critical" | "high" | "medium" | "low" | null; malicious: boolean }[];
    count: number;
    /** The files were looked at for the packages they name. */
    looked: boolean;
    /** When advisories were last imported; null: never on this server. */
    asOf: Instant | null;
  };
  /** The newest decision of a person; `moderator` is for moderators alone. */
  review: { decision: "approved" | "rejected"; reason: string; at: Instant; moderator: string | null } | null;
  /** Where the transparency log records its publication. */
  logIndex: number | null;
}

/** The worst that is true comes first. */
export function trustState(
  facts: Pick<TrustSummary, "recall" | "verdict" | "signatures" | "scan" | "advisories" | "review"> & {
    status: AssetStatus;
  },
): TrustState {
  if (facts.recall !== null) return "recalled";
  if (facts.verdict === "blocked") return "blocked";
  if (facts.status === "suspended") return "suspended";
  if (facts.verdict !== "passed") return facts.verdict;
  if (facts.advisories.known.some(({ malicious }) => malicious)) return "malicious";
  if (facts.advisories.count > 0) return "vulnerable";
  if ((facts.scan?.completed ?? 0) === 0 && facts.review?.decision !== "approved") return "unchecked";
  if (facts.signatures.some(({ revokedAt }) => revokedAt === null)) return "signed";
  return facts.signatures.length > 0 ? "key-revoked" : "unsigned";
}
