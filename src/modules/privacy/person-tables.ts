import type { Tables } from "../../platform/database/index.ts";

/** What happens to a person's rows of a table when the person is erased. */
export type Erasure =
  /** They go. */
  | "delete"
  /** They stay: somebody else needs them, and the id in them leads to an account without a name. */
  | "keep"
  /** These columns are emptied (personal text in rows that stay). */
  | { empty: readonly string[] };

export interface PersonTable {
  table: keyof Tables;
  /** The column that names the person. */
  column: string;
  erasure: Erasure;
}

/**
 * Every column that names a person, in the order in which erasure goes through them. A test finds columns that are missing here.
 * Where a table names several people, the export shows each their own rows.
 */
export const PERSON_TABLES: readonly PersonTable[] = [
  { table: "sessions", column: "user_id", erasure: "delete" },
  { table: "refresh_tokens", column: "user_id", erasure: "delete" },
  { table: "api_keys", column: "user_id", erasure: "delete" },
  { table: "idempotency_keys", column: "user_id", erasure: "delete" },
  { table: "totp_credentials", column: "user_id", erasure: "delete" },
  { table: "recovery_codes", column: "user_id", erasure: "delete" },
  { table: "passkeys", column: "user_id", erasure: "delete" },
  { table: "one_time_tokens", column: "user_id", erasure: "delete" },
  { table: "identities", column: "user_id", erasure: "delete" },
  { table: "device_authorizations", column: "user_id", erasure: "delete" },
  { table: "directory_group_members", column: "user_id", erasure: "delete" },
  { table: "mails", column: "user_id", erasure: "delete" },
  { table: "invitations", column: "user_id", erasure: "delete" },
  { table: "invitations", column: "accepted_by", erasure: { empty: ["email"] } },
  { table: "invitations", column: "invited_by", erasure: "keep" },
  { table: "account_invitations", column: "used_by", erasure: { empty: ["email"] } },
  { table: "account_invitations", column: "invited_by", erasure: "keep" },
  { table: "organization_members", column: "user_id", erasure: "delete" },
  { table: "team_members", column: "user_id", erasure: "delete" },
  { table: "asset_collaborators", column: "user_id", erasure: "delete" },
  { table: "asset_collaborators", column: "added_by", erasure: "keep" },
  { table: "asset_transfers", column: "requested_by", erasure: "delete" },
  { table: "trusted_publishers", column: "created_by", erasure: "delete" },
  { table: "signing_keys", column: "user_id", erasure: { empty: ["name"] } },
  { table: "organizations", column: "created_by", erasure: "keep" },
  { table: "organizations", column: "verified_by", erasure: "keep" },
  { table: "assets", column: "created_by", erasure: "keep" },
  { table: "versions", column: "published_by", erasure: "keep" },
  { table: "scans", column: "requested_by", erasure: "keep" },
  { table: "advisory_imports", column: "requested_by", erasure: "keep" },
  { table: "moderation_decisions", column: "moderator_id", erasure: "keep" },
  { table: "organization_policies", column: "updated_by", erasure: "keep" },
  { table: "suppressions", column: "proposed_by", erasure: "keep" },
  { table: "suppressions", column: "decided_by", erasure: "keep" },
  { table: "appeals", column: "appealed_by", erasure: { empty: ["text"] } },
  { table: "appeals", column: "decided_by", erasure: "keep" },
  { table: "review_claims", column: "moderator_id", erasure: "delete" },
  { table: "review_first_approvals", column: "moderator_id", erasure: "delete" },
  { table: "review_change_requests", column: "requested_by", erasure: "keep" },
  { table: "review_acts", column: "actor_id", erasure: { empty: ["text"] } },
  { table: "reports", column: "reporter_id", erasure: { empty: ["text"] } },
  { table: "reports", column: "handled_by", erasure: "keep" },
  { table: "events", column: "actor_id", erasure: "keep" },
  // Its personal part is emptied by the audit log itself, which alone writes there.
  { table: "audit_entries", column: "actor_id", erasure: "keep" },
  { table: "data_exports", column: "user_id", erasure: "delete" },
  // The daily numbers stay: they name nobody.
  { table: "download_events", column: "user_id", erasure: "delete" },
  { table: "lockfile_reports", column: "user_id", erasure: "delete" },
  { table: "recalls", column: "recalled_by", erasure: "keep" },
  { table: "recalls", column: "lifted_by", erasure: "keep" },
  // Its hash stays: the log can only grow.
  { table: "transparency_entries", column: "user_id", erasure: { empty: ["entry"] } },
];
