-- What a finding led to when it was judged (pass, warn, review, block), which setting said so, and the accepted explanation that let
-- it pass. NULL in scans of before.
ALTER TABLE findings ADD COLUMN consequence TEXT;
ALTER TABLE findings ADD COLUMN because TEXT;
ALTER TABLE findings ADD COLUMN suppression_id TEXT;
-- What the policy alone said of the scan; `verdict` is what came of it beside a moderator's decision.
ALTER TABLE scans ADD COLUMN policy_verdict TEXT;

-- What an organization asks of its versions beyond the server's policy (JSON, checked before it is stored and again when it is read).
CREATE TABLE organization_policies (
  organization_id TEXT PRIMARY KEY REFERENCES organizations (id) ON DELETE CASCADE,
  settings TEXT NOT NULL,
  updated_by TEXT REFERENCES users (id),
  updated_at TEXT NOT NULL
);

-- The server's policy by which stored findings were judged last: another one judges them again.
CREATE TABLE applied_policies (
  scope TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  applied_at TEXT NOT NULL
);

-- A publisher's explanation of what one rule finds in one asset.
CREATE TABLE suppressions (
  id TEXT PRIMARY KEY,
  asset_id TEXT NOT NULL REFERENCES assets (id),
  rule_id TEXT NOT NULL,
  -- NULL: wherever in the asset.
  path TEXT,
  reason TEXT NOT NULL,
  -- package: it stands in marketplace.toml of `version_id`.
  source TEXT NOT NULL CHECK (source IN ('package', 'person')),
  version_id TEXT REFERENCES versions (id),
  status TEXT NOT NULL CHECK (status IN ('proposed', 'accepted', 'refused', 'withdrawn')),
  proposed_by TEXT NOT NULL REFERENCES users (id),
  created_at TEXT NOT NULL,
  decided_by TEXT REFERENCES users (id),
  decided_at TEXT,
  answer TEXT,
  -- What the moderator saw (JSON list of digests): other words under the same rule are not accepted with it.
  places TEXT NOT NULL DEFAULT '[]',
  -- Accepted by somebody who may let blocked versions through.
  covers_blocking INTEGER NOT NULL DEFAULT 0,
  expires_at TEXT
);
CREATE INDEX suppressions_asset ON suppressions (asset_id, status);
CREATE INDEX suppressions_status ON suppressions (status, created_at);
CREATE INDEX suppressions_proposed_by ON suppressions (proposed_by);

-- A publisher's word against a refusal: once per decision.
CREATE TABLE appeals (
  id TEXT PRIMARY KEY,
  version_id TEXT NOT NULL REFERENCES versions (id),
  -- The moderator's decision (its id), or `policy`.
  decision TEXT NOT NULL,
  text TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'granted', 'refused')),
  appealed_by TEXT NOT NULL REFERENCES users (id),
  created_at TEXT NOT NULL,
  decided_by TEXT REFERENCES users (id),
  decided_at TEXT,
  answer TEXT,
  UNIQUE (version_id, decision)
);
CREATE INDEX appeals_status ON appeals (status, created_at);
CREATE INDEX appeals_appealed_by ON appeals (appealed_by);
