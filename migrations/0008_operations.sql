-- The audit log: append-only, each row's hash covers the one before (docs/audit-log.md).
CREATE TABLE audit_entries (
  seq BIGINT PRIMARY KEY,
  created_at TEXT NOT NULL,
  -- e.g. session.started, organization.member.removed
  action TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('success', 'denied', 'failure')),
  actor_id TEXT,
  -- session, access-token, api-key, system, command, anonymous
  via TEXT NOT NULL,
  subject_type TEXT NOT NULL,
  subject_id TEXT,
  request_id TEXT,
  -- What it was about, without personal data (JSON).
  details TEXT NOT NULL,
  -- Personal data (names, addresses) of actor and subject: JSON, each part with a salt or, once erased, its hash alone.
  personal TEXT,
  personal_hash TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX audit_entries_actor ON audit_entries (actor_id, seq);
CREATE INDEX audit_entries_subject ON audit_entries (subject_id, seq);
CREATE INDEX audit_entries_action ON audit_entries (action, seq);
CREATE INDEX audit_entries_time ON audit_entries (created_at);
-- The end of the log as of the last append, sealed with the server's key: without it nobody can shorten or rewrite the log.
CREATE TABLE audit_heads (
  name TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL,
  -- Sealed.
  seal TEXT NOT NULL
);

-- Rate limits and lock-outs over restarts and replicas: the theoretical arrival time of a key (core/rate.ts), in milliseconds.
CREATE TABLE rate_limits (
  key_hash TEXT PRIMARY KEY,
  arrival_ms BIGINT NOT NULL,
  expires_at TEXT NOT NULL
);
CREATE INDEX rate_limits_expiry ON rate_limits (expires_at);

-- Mail that is to go out, or that waits for an administrator to hand its link over where no mail server is configured.
CREATE TABLE mails (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  to_address TEXT NOT NULL,
  subject TEXT NOT NULL,
  -- Sealed: it holds links that work once.
  body TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('waiting', 'held', 'sent', 'failed')),
  error TEXT,
  created_at TEXT NOT NULL,
  sent_at TEXT,
  expires_at TEXT NOT NULL
);
CREATE INDEX mails_status ON mails (status, created_at);
CREATE INDEX mails_expiry ON mails (expires_at);
