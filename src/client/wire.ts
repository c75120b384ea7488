import type { Digest } from "../core/digest.ts";
import type { AssetStatus, Kind, Severity, Verdict, VersionStatus, Visibility } from "../core/kind.ts";

/* What the API answers, as far as the client reads it. */

export interface UserWire {
  id: string;
  username: string;
  display_name: string;
  email: string;
  role: "user" | "moderator" | "admin";
}

/** Flat, as OAuth has it. */
export interface PairWire {
  access_token: string;
  refresh_token: string;
  expires_in: number;
}

/** Flat too; durations in seconds. */
export interface DeviceStartWire {
  device_code: string;
  user_code: string;
  verification_uri: string;
  verification_uri_complete: string;
  expires_in: number;
  interval: number;
}

/** A key for one asset, for some minutes. */
export interface PublishTokenWire {
  token: string;
  namespace: string;
  slug: string;
}

export interface AssetWire {
  id: string;
  ref: string;
  namespace: string;
  slug: string;
  type: Kind;
  title: string;
  description: string;
  license: string | null;
  homepage: string | null;
  repository: string | null;
  visibility: Visibility;
  status: AssetStatus;
  status_reason: string | null;
  tags: string[];
  categories: string[];
  /** The highest version that may be read; null before the first. */
  version: string | null;
  verdict: Verdict | null;
  signed: boolean;
  downloads: number;
  created_at: string;
  updated_at: string;
  published_at: string | null;
  /** Name → version; only when one asset is read. */
  channels?: Record<string, string>;
  /** Names that it had before; only when one asset or version is read. */
  former_refs?: string[];
}

/** A version in lists. */
export interface VersionWire {
  id: string;
  version: string;
  digest: Digest;
  status: VersionStatus;
  verdict: Verdict;
  verdict_reason: string | null;
  yanked: boolean;
  yank_reason: string | null;
  changelog: string;
  size: number;
  file_count: number;
  downloads: number;
  created_at: string;
  released_at: string | null;
  /** It must not be used any more; left out by servers that know of no recalls. */
  recalled?: { number: number; reason: string; recalled_at: string } | null;
}

export interface FileWire {
  path: string;
  size: number;
  digest: Digest;
  media_type: string;
  executable: boolean;
}

export interface SignatureWire {
  fingerprint: string;
  key_name: string;
  signer: string;
  signed_at: string;
  revoked_at: string | null;
  /** Raw Ed25519, base64. */
  public_key: string;
  /** A DSSE envelope. */
  envelope: unknown;
}

export interface DependencyWire {
  ref: string;
  range: string;
  optional: boolean;
}

/** A known vulnerability that touches a version. */
export interface AdvisoryWire {
  id: string;
  severity: string | null;
  malicious: boolean;
  summary: string;
  package: string;
  package_version: string | null;
  fixed: string | null;
}

/** What speaks for or against a version. */
export interface TrustWire {
  state: string;
  headline: string;
  publisher: {
    name: string;
    kind: string;
    verified: boolean;
    since: string;
    published_versions: number;
    more_versions: boolean;
  };
  scan: { finished_at: string; scanners: number; completed: number; findings: number; explained: number } | null;
  build: { repository: { name: string }; commit: { sha: string } | null } | null;
  capabilities: { groups: { kind: string; count: number; gained: number }[]; since: string | null } | null;
  license: { expression: string | null; asks: string | null };
  advisories: { known: { id: string }[]; count: number; looked: boolean; as_of: string | null };
  review: { decision: string; reason: string; decided_at: string } | null;
}

export interface VersionDetailWire extends VersionWire {
  asset: AssetWire;
  title: string;
  description: string;
  license: string | null;
  readme_path: string | null;
  compatibility: Record<string, string>;
  files: FileWire[];
  dependencies: DependencyWire[];
  signature: SignatureWire | null;
  signatures: SignatureWire[];
  /** Absent from older servers. */
  advisories?: AdvisoryWire[];
}

export interface FindingWire {
  scanner: string;
  rule_id: string;
  severity: Severity;
  category: string;
  path: string | null;
  line: number | null;
  column: number | null;
  excerpt: string | null;
  message: string;
  remedy: string;
  /** What the policy made of it; servers of before leave it out. */
  consequence?: "pass" | "warn" | "review" | "block" | null;
  because?: string | null;
  suppression?: { status: string; reason: string; answer: string | null; applies: boolean } | null;
}

export interface ScanWire {
  id: string;
  status: string;
  verdict: Verdict | null;
  reason: string | null;
  error: string | null;
  findings: FindingWire[];
  created_at: string;
  finished_at: string | null;
}

export interface SearchHitWire extends Omit<AssetWire, "channels" | "status_reason"> {
  rating: number | null;
}

export interface PageMetaWire {
  page: number;
  per_page: number;
  total: number;
  total_pages: number;
}

export interface SigningKeyWire {
  id: string;
  /** `SHA256:…` */
  fingerprint: string;
  public_key: string;
  name: string;
  created_at: string;
  revoked_at: string | null;
  revoke_reason: string | null;
}

export interface ResolutionWire {
  resolved: {
    ref: string;
    version: string;
    digest: Digest;
    size: number;
    /** Those of its dependencies that were resolved too. */
    dependencies: { ref: string; range: string }[];
  }[];
  order: string[];
}

export interface PublishMetaWire {
  /** `unchanged`: this very content is that version already. */
  outcome: "created" | "unchanged";
  warnings: { path: string | null; message: string }[];
}

export interface TransferMetaWire {
  moved: boolean;
  offer: { id: string; to: string; expires_at: string } | null;
}

/** One of one's own organizations. */
export interface OrganizationWire {
  slug: string;
  display_name: string;
  role: "owner" | "admin" | "member" | "viewer";
  needs_two_factor: boolean;
}
