-- Repeated on the version, so that lists, channels and ranges leave it out without a join.
ALTER TABLE versions ADD COLUMN recalled_at TEXT;
ALTER TABLE versions ADD COLUMN recall_number BIGINT;
ALTER TABLE versions ADD COLUMN recall_reason TEXT;

-- An administrator's order that a digest must not be used any more.
CREATE TABLE recalls (
  -- Without gaps, in the order in which they were ordered.
  number BIGINT PRIMARY KEY,
  digest TEXT NOT NULL,
  -- What it was ordered for, under its name at that time; every other version with the digest is recalled too.
  asset_id TEXT NOT NULL REFERENCES assets (id),
  ref TEXT NOT NULL,
  version TEXT NOT NULL,
  reason TEXT NOT NULL,
  severity TEXT NOT NULL CHECK (severity IN ('low', 'medium', 'high', 'critical')),
  -- null: a command on the server.
  recalled_by TEXT REFERENCES users (id),
  recalled_at TEXT NOT NULL,
  -- The list's number with which what it says of this recall last changed; one change, one number.
  changed BIGINT NOT NULL UNIQUE,
  -- What the public list may say beside the digest: a version that everybody may see. null: nothing.
  shown_ref TEXT,
  shown_version TEXT,
  lifted_at TEXT,
  lifted_by TEXT REFERENCES users (id),
  lift_reason TEXT,
  -- Those who have it are told by mail, in the order of their ids, up to this one.
  told_up_to TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX recalls_live ON recalls (digest) WHERE lifted_at IS NULL;

-- Who took it, where they were signed in: told when it is recalled.
ALTER TABLE download_events ADD COLUMN user_id TEXT;
CREATE INDEX download_events_user ON download_events (user_id);

-- A lockfile that somebody chose to report, under a name they gave.
CREATE TABLE lockfile_reports (
  id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id),
  project TEXT NOT NULL,
  created_at TEXT NOT NULL,
  seen_at TEXT NOT NULL,
  UNIQUE (user_id, project)
);
CREATE INDEX lockfile_reports_seen ON lockfile_reports (seen_at);

CREATE TABLE lockfile_entries (
  report_id TEXT NOT NULL REFERENCES lockfile_reports (id) ON DELETE CASCADE,
  -- As the lockfile names it.
  ref TEXT NOT NULL,
  version TEXT NOT NULL,
  digest TEXT NOT NULL,
  PRIMARY KEY (report_id, ref)
);
CREATE INDEX lockfile_entries_digest ON lockfile_entries (digest);
