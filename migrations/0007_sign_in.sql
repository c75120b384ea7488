-- More ways to prove who one is, and what tokens may do. password_hash '' means: no password.
ALTER TABLE users ADD COLUMN email_verified_at TEXT;
-- What a directory (SCIM) calls the person: its own id and its userName.
ALTER TABLE users ADD COLUMN external_id TEXT;
ALTER TABLE users ADD COLUMN directory_name TEXT;
-- When the directory deleted the person, who is disabled since and does not exist for it.
ALTER TABLE users ADD COLUMN directory_removed_at TEXT;
-- Who gave the role, and so who may take it away: people, group claims of a sign-on provider, or SCIM.
ALTER TABLE users ADD COLUMN role_source TEXT NOT NULL DEFAULT 'manual';
-- Who disabled the person, and so who may enable them: 'manual' or 'scim'; null while active, or when nobody said.
ALTER TABLE users ADD COLUMN disabled_source TEXT;
-- When the person asked to be forgotten, and when that happens.
ALTER TABLE users ADD COLUMN erasure_requested_at TEXT;
ALTER TABLE users ADD COLUMN erase_after TEXT;
ALTER TABLE users ADD COLUMN erased_at TEXT;
CREATE UNIQUE INDEX users_external_id ON users (external_id) WHERE external_id IS NOT NULL;
CREATE UNIQUE INDEX users_directory_name ON users (lower(directory_name)) WHERE directory_name IS NOT NULL;

ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN seen_at TEXT;
-- When who it is was last proved (sudo mode), and whether with a second factor.
ALTER TABLE sessions ADD COLUMN authenticated_at TEXT;
ALTER TABLE sessions ADD COLUMN two_factor INTEGER NOT NULL DEFAULT 0;
-- 0: "remember me" was not chosen; ends with the browser and after a short idle time.
ALTER TABLE sessions ADD COLUMN persistent INTEGER NOT NULL DEFAULT 1;

-- A family's sign-in: when it was, with how many factors, and with which client.
ALTER TABLE refresh_tokens ADD COLUMN authenticated_at TEXT;
ALTER TABLE refresh_tokens ADD COLUMN two_factor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE refresh_tokens ADD COLUMN client TEXT NOT NULL DEFAULT '';
-- How it was proved, words of RFC 8176 between spaces: "pwd otp mfa".
ALTER TABLE refresh_tokens ADD COLUMN methods TEXT NOT NULL DEFAULT '';

ALTER TABLE api_keys ADD COLUMN kind TEXT NOT NULL DEFAULT 'personal' CHECK (kind IN ('personal', 'capability', 'trusted-publisher'));
-- JSON lists of ids that the key is confined to; both NULL: wherever its person may.
ALTER TABLE api_keys ADD COLUMN namespace_ids TEXT;
ALTER TABLE api_keys ADD COLUMN asset_ids TEXT;
-- The claims of the CI job that a trusted publisher's key was given to (JSON).
ALTER TABLE api_keys ADD COLUMN provenance TEXT;
-- <namespace id>/<slug>: an asset that does not exist yet, which a trusted publisher's key may make.
ALTER TABLE api_keys ADD COLUMN slug TEXT;

CREATE TABLE totp_credentials (
  user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  -- Sealed.
  secret TEXT NOT NULL,
  -- NULL until a first code was right.
  confirmed_at TEXT,
  -- The newest time step whose code was used (RFC 6238 5.2: a code works once).
  last_step BIGINT,
  created_at TEXT NOT NULL
);

CREATE TABLE recovery_codes (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  code_hash TEXT NOT NULL,
  created_at TEXT NOT NULL,
  used_at TEXT
);
CREATE INDEX recovery_codes_user ON recovery_codes (user_id);

CREATE TABLE passkeys (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- base64url, as WebAuthn gives it.
  credential_id TEXT NOT NULL UNIQUE,
  public_key TEXT NOT NULL,
  counter BIGINT NOT NULL,
  transports TEXT NOT NULL DEFAULT '[]',
  name TEXT NOT NULL,
  -- 1: synchronised between the person's devices.
  backed_up INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  last_used_at TEXT
);
CREATE INDEX passkeys_user ON passkeys (user_id);

-- Secrets that work once: links in mails, challenges, states and nonces, the step between password and second factor, token ids
-- that were seen. id is the hash of the secret; a used one is remembered until it would have expired.
CREATE TABLE one_time_tokens (
  id TEXT PRIMARY KEY,
  purpose TEXT NOT NULL,
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  -- Sealed JSON.
  payload TEXT NOT NULL DEFAULT '',
  attempts INTEGER NOT NULL DEFAULT 0,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at TEXT
);
CREATE INDEX one_time_tokens_user ON one_time_tokens (user_id, purpose);
CREATE INDEX one_time_tokens_expiry ON one_time_tokens (expires_at);

-- Accounts elsewhere that somebody may sign in with.
CREATE TABLE identities (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  -- The section's name in the configuration: oidc.<name>.
  provider TEXT NOT NULL,
  issuer TEXT NOT NULL,
  subject TEXT NOT NULL,
  email TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  last_used_at TEXT,
  UNIQUE (issuer, subject)
);
CREATE INDEX identities_user ON identities (user_id);

CREATE TABLE device_authorizations (
  id TEXT PRIMARY KEY,
  device_code_hash TEXT NOT NULL UNIQUE,
  -- Upper case without the hyphen.
  user_code TEXT NOT NULL UNIQUE,
  client TEXT NOT NULL,
  address TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('waiting', 'approved', 'denied', 'used')),
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  two_factor INTEGER NOT NULL DEFAULT 0,
  -- When whoever approved it had last proved who they are.
  authenticated_at TEXT,
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  -- No poll is answered before this (RFC 8628 3.5, slow_down).
  next_poll_at TEXT NOT NULL,
  interval_seconds INTEGER NOT NULL
);
CREATE INDEX device_authorizations_expiry ON device_authorizations (expires_at);

-- CI jobs that may publish without a stored key.
CREATE TABLE trusted_publishers (
  id TEXT PRIMARY KEY,
  namespace_id TEXT NOT NULL REFERENCES namespaces (id) ON DELETE CASCADE,
  -- What it may publish; the asset may still have to be made.
  slug TEXT NOT NULL,
  issuer TEXT NOT NULL,
  -- Claims that the job's token must carry, exactly (JSON).
  claims TEXT NOT NULL,
  created_by TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at TEXT NOT NULL,
  last_used_at TEXT
);
CREATE INDEX trusted_publishers_namespace ON trusted_publishers (namespace_id, slug);
CREATE INDEX trusted_publishers_issuer ON trusted_publishers (issuer);
-- Which CI job published it (JSON); NULL: a person did, or a key of theirs.
ALTER TABLE versions ADD COLUMN provenance TEXT;

-- Keys that sign access tokens. The newest signs; older ones verify until what they signed has expired.
CREATE TABLE token_keys (
  -- RFC 7638 thumbprint.
  id TEXT PRIMARY KEY,
  public_jwk TEXT NOT NULL,
  -- Sealed.
  private_jwk TEXT NOT NULL,
  created_at TEXT NOT NULL,
  retired_at TEXT
);

-- Invitations to make an account, where registration is by invitation.
CREATE TABLE account_invitations (
  id TEXT PRIMARY KEY,
  email TEXT,
  token_hash TEXT NOT NULL UNIQUE,
  invited_by TEXT NOT NULL REFERENCES users (id),
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  used_at TEXT,
  used_by TEXT REFERENCES users (id) ON DELETE CASCADE,
  revoked_at TEXT
);

-- Groups that an identity provider keeps here (SCIM 2.0, RFC 7643 4.2).
CREATE TABLE directory_groups (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  external_id TEXT,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE TABLE directory_group_members (
  group_id TEXT NOT NULL REFERENCES directory_groups (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  PRIMARY KEY (group_id, user_id)
);
CREATE INDEX directory_group_members_user ON directory_group_members (user_id);

-- What somebody asked to take away of themselves; the bytes are a blob until expires_at.
CREATE TABLE data_exports (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  status TEXT NOT NULL CHECK (status IN ('waiting', 'ready', 'failed')),
  digest TEXT,
  size BIGINT,
  created_at TEXT NOT NULL,
  finished_at TEXT,
  expires_at TEXT
);
CREATE INDEX data_exports_user ON data_exports (user_id);
CREATE INDEX data_exports_digest ON data_exports (digest);
