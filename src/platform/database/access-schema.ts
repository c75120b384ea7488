import type { Generated } from "kysely";

/** Tables of organizations, ways to sign in, tokens, audit and mail, as Kysely sees them. */
export interface AccessSchema {
  organizations: {
    id: string;
    namespace_id: string;
    display_name: string;
    description: Generated<string>;
    website: Generated<string>;
    visibility: Generated<"public" | "private">;
    verified_at: string | null;
    verified_by: string | null;
    require_two_factor: Generated<number>;
    require_signature: Generated<number>;
    require_review: Generated<number>;
    created_by: string;
    created_at: string;
    updated_at: string;
    deleted_at: string | null;
  };
  organization_members: {
    organization_id: string;
    user_id: string;
    role: "owner" | "admin" | "member" | "viewer";
    source: Generated<string>;
    created_at: string;
  };
  teams: {
    id: string;
    organization_id: string;
    slug: string;
    name: string;
    description: Generated<string>;
    created_at: string;
    updated_at: string;
  };
  team_members: {
    team_id: string;
    user_id: string;
    source: Generated<string>;
    created_at: string;
  };
  team_assets: {
    team_id: string;
    asset_id: string;
    access: "read" | "write" | "admin";
    created_at: string;
  };
  asset_collaborators: {
    asset_id: string;
    user_id: string;
    access: "read" | "write" | "admin";
    added_by: string | null;
    created_at: string;
  };
  invitations: {
    id: string;
    organization_id: string;
    email: string | null;
    user_id: string | null;
    role: "owner" | "admin" | "member" | "viewer";
    team_id: string | null;
    token_hash: string;
    invited_by: string;
    created_at: string;
    expires_at: string;
    accepted_at: string | null;
    accepted_by: string | null;
    revoked_at: string | null;
  };
  namespace_redirects: {
    name: string;
    namespace_id: string;
    created_at: string;
  };
  asset_redirects: {
    namespace_id: string;
    slug: string;
    asset_id: string;
    created_at: string;
  };
  asset_transfers: {
    id: string;
    asset_id: string;
    to_namespace_id: string;
    slug: string;
    requested_by: string;
    created_at: string;
    expires_at: string;
  };
  totp_credentials: {
    user_id: string;
    secret: string;
    confirmed_at: string | null;
    last_step: number | null;
    created_at: string;
  };
  recovery_codes: {
    id: string;
    user_id: string;
    code_hash: string;
    created_at: string;
    used_at: string | null;
  };
  passkeys: {
    id: string;
    user_id: string;
    credential_id: string;
    public_key: string;
    counter: number;
    transports: Generated<string>;
    name: string;
    backed_up: Generated<number>;
    created_at: string;
    last_used_at: string | null;
  };
  one_time_tokens: {
    id: string;
    purpose: string;
    user_id: string | null;
    payload: Generated<string>;
    attempts: Generated<number>;
    created_at: string;
    expires_at: string;
    used_at: string | null;
  };
  identities: {
    id: string;
    user_id: string;
    provider: string;
    issuer: string;
    subject: string;
    email: Generated<string>;
    created_at: string;
    last_used_at: string | null;
  };
  device_authorizations: {
    id: string;
    device_code_hash: string;
    user_code: string;
    client: string;
    address: string;
    status: "waiting" | "approved" | "denied" | "used";
    user_id: string | null;
    two_factor: Generated<number>;
    authenticated_at: string | null;
    created_at: string;
    expires_at: string;
    next_poll_at: string;
    interval_seconds: number;
  };
  trusted_publishers: {
    id: string;
    namespace_id: string;
    slug: string;
    issuer: string;
    claims: string;
    created_by: string;
    created_at: string;
    last_used_at: string | null;
  };
  token_keys: {
    id: string;
    public_jwk: string;
    private_jwk: string;
    created_at: string;
    retired_at: string | null;
  };
  account_invitations: {
    id: string;
    email: string | null;
    token_hash: string;
    invited_by: string;
    created_at: string;
    expires_at: string;
    used_at: string | null;
    used_by: string | null;
    revoked_at: string | null;
  };
  directory_groups: {
    id: string;
    name: string;
    external_id: string | null;
    created_at: string;
    updated_at: string;
  };
  directory_group_members: {
    group_id: string;
    user_id: string;
  };
  data_exports: {
    id: string;
    user_id: string;
    status: "waiting" | "ready" | "failed";
    digest: string | null;
    size: number | null;
    created_at: string;
    finished_at: string | null;
    expires_at: string | null;
  };
  audit_entries: {
    seq: number;
    created_at: string;
    action: string;
    outcome: "success" | "denied" | "failure";
    actor_id: string | null;
    via: string;
    subject_type: string;
    subject_id: string | null;
    request_id: string | null;
    details: string;
    personal: string | null;
    personal_hash: string;
    previous_hash: string;
    hash: string;
  };
  audit_heads: {
    name: string;
    seq: number;
    hash: string;
    seal: string;
  };
  rate_limits: {
    key_hash: string;
    arrival_ms: number;
    expires_at: string;
  };
  mails: {
    id: string;
    kind: string;
    user_id: string | null;
    to_address: string;
    subject: string;
    body: string;
    status: "waiting" | "held" | "sent" | "failed";
    error: string | null;
    created_at: string;
    sent_at: string | null;
    expires_at: string;
  };
  /** A view: see migrations/0006_organizations.sql. */
  asset_rights: { user_id: string; asset_id: string; access: "read" | "write" | "admin"; two_factor: number };
}
