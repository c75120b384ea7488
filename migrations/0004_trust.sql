CREATE TABLE scans (
  id TEXT PRIMARY KEY,
  version_id TEXT NOT NULL REFERENCES versions (id),
  -- queued → running → completed, or failed (never a pass).
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'completed', 'failed')),
  verdict TEXT CHECK (verdict IN ('passed', 'review', 'blocked')),
  -- Outcome of each scanner (JSON), and why a scan failed.
  outcomes TEXT NOT NULL DEFAULT '[]',
  error TEXT,
  policy_reason TEXT,
  requested_by TEXT,
  created_at TEXT NOT NULL,
  started_at TEXT,
  finished_at TEXT
);
CREATE INDEX scans_version ON scans (version_id, created_at);

CREATE TABLE findings (
  id TEXT PRIMARY KEY,
  scan_id TEXT NOT NULL REFERENCES scans (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  scanner TEXT NOT NULL,
  rule_id TEXT NOT NULL,
  severity TEXT NOT NULL,
  category TEXT NOT NULL,
  path TEXT,
  line INTEGER,
  column_number INTEGER,
  excerpt TEXT NOT NULL,
  message TEXT NOT NULL,
  remedy TEXT NOT NULL
);
CREATE INDEX findings_scan ON findings (scan_id, position);

CREATE TABLE moderation_decisions (
  id TEXT PRIMARY KEY,
  version_id TEXT NOT NULL REFERENCES versions (id),
  moderator_id TEXT NOT NULL REFERENCES users (id),
  decision TEXT NOT NULL CHECK (decision IN ('approved', 'rejected')),
  reason TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE INDEX moderation_decisions_version ON moderation_decisions (version_id);

CREATE TABLE signing_keys (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  -- `SHA256:` and base64url of the raw public key's SHA-256.
  fingerprint TEXT NOT NULL,
  -- Raw Ed25519 public key, base64.
  public_key TEXT NOT NULL,
  name TEXT NOT NULL,
  created_at TEXT NOT NULL,
  revoked_at TEXT,
  revoke_reason TEXT,
  UNIQUE (user_id, fingerprint)
);
CREATE INDEX signing_keys_fingerprint ON signing_keys (fingerprint);

CREATE TABLE signatures (
  id TEXT PRIMARY KEY,
  version_id TEXT NOT NULL REFERENCES versions (id),
  signing_key_id TEXT NOT NULL REFERENCES signing_keys (id),
  -- The DSSE envelope as it came (JSON).
  envelope TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (version_id, signing_key_id)
);
