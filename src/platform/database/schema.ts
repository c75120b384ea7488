import type { CapabilityKind } from "../../core/capability.ts";
import type { Generated } from "kysely";
import type { AccessSchema } from "./access-schema.ts";
import type { SimilarityTables } from "./similarity-tables.ts";
import type { RecallTables } from "./recall-tables.ts";
import type { PolicyTables } from "./policy-tables.ts";
import type { ReviewTables } from "./review-tables.ts";
import type { AdvisoryTables } from "./advisory-tables.ts";
import type { TransparencyTables } from "./transparency-tables.ts";

/** The tables as Kysely sees them; a test holds this file against the migrated database. Wide numbers pass one codec. */
export interface Schema
  extends AccessSchema,
    RecallTables,
    ReviewTables,
    AdvisoryTables,
    PolicyTables,
    SimilarityTables,
    TransparencyTables {
  namespaces: {
    id: string;
    name: string;
    kind: "user" | "organization";
    storage_bytes: Generated<number>;
    created_at: string;
  };
  users: {
    id: string;
    namespace_id: string;
    username: string;
    email: string;
    email_key: string;
    display_name: string;
    bio: Generated<string>;
    website: Generated<string>;
    password_hash: string;
    role: "user" | "moderator" | "admin";
    status: "active" | "disabled";
    created_at: string;
    updated_at: string;
    email_verified_at: string | null;
    external_id: string | null;
    directory_name: string | null;
    directory_removed_at: string | null;
    role_source: Generated<string>;
    disabled_source: string | null;
    erasure_requested_at: string | null;
    erase_after: string | null;
    erased_at: string | null;
  };
  sessions: {
    id: string;
    user_id: string;
    created_at: string;
    expires_at: string;
    user_agent: Generated<string>;
    address: Generated<string>;
    seen_at: string | null;
    authenticated_at: string | null;
    two_factor: Generated<number>;
    persistent: Generated<number>;
  };
  refresh_tokens: {
    id: string;
    family_id: string;
    user_id: string;
    token_hash: string;
    created_at: string;
    expires_at: string;
    used_at: string | null;
    revoked_at: string | null;
    authenticated_at: string | null;
    two_factor: Generated<number>;
    client: Generated<string>;
    methods: Generated<string>;
  };
  api_keys: {
    id: string;
    user_id: string;
    name: string;
    hint: string;
    key_hash: string;
    scopes: string;
    created_at: string;
    expires_at: string | null;
    last_used_at: string | null;
    revoked_at: string | null;
    kind: Generated<"personal" | "capability" | "trusted-publisher">;
    namespace_ids: string | null;
    asset_ids: string | null;
    provenance: string | null;
    slug: string | null;
  };
  instance_secrets: { name: string; value: string; created_at: string };
  counters: { name: string; value: number };
  events: {
    seq: number;
    type: string;
    subject_id: string;
    actor_id: string | null;
    payload: string;
    created_at: string;
  };
  jobs: {
    id: string;
    kind: string;
    dedupe_key: string | null;
    payload: string;
    status: "waiting" | "running" | "done" | "failed";
    attempts: Generated<number>;
    max_attempts: number;
    run_at: string;
    leased_until: string | null;
    leased_by: string | null;
    last_error: string | null;
    created_at: string;
    finished_at: string | null;
  };
  condemned_blobs: { digest: string; condemned_at: string; removed_epoch: number | null };
  idempotency_keys: {
    user_id: string;
    idempotency_key: string;
    request_hash: string;
    status: number | null;
    response: string | null;
    created_at: string;
  };
  assets: {
    id: string;
    namespace_id: string;
    slug: string;
    kind: string;
    title: string;
    description: string;
    license: string | null;
    homepage: string | null;
    repository: string | null;
    visibility: string;
    status: string;
    publish_requested: Generated<number>;
    status_reason: string | null;
    latest_version_id: string | null;
    downloads: Generated<number>;
    created_by: string;
    created_at: string;
    updated_at: string;
    published_at: string | null;
    deleted_at: string | null;
  };
  versions: {
    id: string;
    asset_id: string;
    version: string;
    manifest_digest: string;
    manifest_size: number;
    config_digest: string;
    metadata: string;
    changelog: Generated<string>;
    readme_path: string | null;
    status: string;
    verdict: string;
    verdict_reason: string | null;
    total_size: number;
    file_count: number;
    requested_channel: string | null;
    published_by: string;
    created_at: string;
    released_at: string | null;
    yanked_at: string | null;
    yank_reason: string | null;
    downloads: Generated<number>;
    provenance: string | null;
    recalled_at: string | null;
    recall_number: number | null;
    recall_reason: string | null;
    review_since: string | null;
  };
  files: { version_id: string; path: string; size: number; digest: string; media_type: string; executable: number };
  dependencies: {
    version_id: string;
    position: number;
    ref: string;
    version_range: string;
    optional: Generated<number>;
  };
  channels: { asset_id: string; name: string; version_id: string; updated_at: string };
  categories: {
    id: string;
    slug: string;
    name: string;
    description: Generated<string>;
    parent_id: string | null;
    position: Generated<number>;
  };
  asset_categories: { asset_id: string; category_id: string };
  asset_tags: { asset_id: string; tag: string };
  scans: {
    id: string;
    version_id: string;
    status: "queued" | "running" | "completed" | "failed";
    verdict: string | null;
    outcomes: Generated<string>;
    error: string | null;
    policy_reason: string | null;
    policy_verdict: string | null;
    requested_by: string | null;
    created_at: string;
    started_at: string | null;
    finished_at: string | null;
  };
  findings: {
    id: string;
    scan_id: string;
    position: number;
    scanner: string;
    rule_id: string;
    severity: string;
    category: string;
    path: string | null;
    line: number | null;
    column_number: number | null;
    excerpt: string;
    message: string;
    remedy: string;
    consequence: string | null;
    because: string | null;
    suppression_id: string | null;
  };
  capability_extractions: { version_id: string; extractor: string; extracted_at: string };
  capabilities: {
    version_id: string;
    position: number;
    kind: CapabilityKind;
    value: string;
    path: string | null;
    line: number | null;
  };
  moderation_decisions: {
    id: string;
    version_id: string;
    moderator_id: string;
    decision: "approved" | "rejected";
    reason: string;
    created_at: string;
  };
  signing_keys: {
    id: string;
    user_id: string;
    fingerprint: string;
    public_key: string;
    name: string;
    created_at: string;
    revoked_at: string | null;
    revoke_reason: string | null;
  };
  signatures: { id: string; version_id: string; signing_key_id: string; envelope: string; created_at: string };
  version_archives: {
    version_id: string;
    format: "tar.gz" | "zip";
    digest: string;
    size: number;
    stored: number;
    created_at: string;
  };
  download_events: {
    id: string;
    asset_id: string;
    version_id: string;
    day: string;
    visitor_hash: string;
    client: string;
    created_at: string;
    user_id: string | null;
  };
  daily_downloads: { asset_id: string; version_id: string; day: string; downloads: number };
  schema_migrations: { name: string; checksum: string; applied_at: string };
}
