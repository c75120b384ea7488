-- Since when a version waits for a moderator: set whenever it comes under review.
ALTER TABLE versions ADD COLUMN review_since TEXT;
UPDATE versions SET review_since = created_at WHERE status = 'under_review';
CREATE INDEX versions_review ON versions (status, review_since);
CREATE INDEX versions_published_by ON versions (published_by, status);

-- Which moderator has taken which version, until when. A claim that ended may lie here until the next one takes its place.
CREATE TABLE review_claims (
  version_id TEXT PRIMARY KEY REFERENCES versions (id),
  moderator_id TEXT NOT NULL REFERENCES users (id),
  claimed_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
);
CREATE INDEX review_claims_moderator ON review_claims (moderator_id);

-- The first of two approvals, while the second is missing; scan_id: the findings that were seen.
CREATE TABLE review_first_approvals (
  version_id TEXT PRIMARY KEY REFERENCES versions (id),
  moderator_id TEXT NOT NULL REFERENCES users (id),
  scan_id TEXT,
  reason TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE INDEX review_first_approvals_moderator ON review_first_approvals (moderator_id);

-- What a publisher was asked to change, until it is answered or decided. successor_id: the version that was published instead.
CREATE TABLE review_change_requests (
  version_id TEXT PRIMARY KEY REFERENCES versions (id),
  requested_by TEXT NOT NULL REFERENCES users (id),
  message TEXT NOT NULL,
  successor_id TEXT REFERENCES versions (id),
  created_at TEXT NOT NULL
);
CREATE INDEX review_change_requests_requested_by ON review_change_requests (requested_by);

-- Everything that was done on the way to a decision, for good; the decisions themselves are in moderation_decisions.
CREATE TABLE review_acts (
  id TEXT PRIMARY KEY,
  version_id TEXT NOT NULL REFERENCES versions (id),
  actor_id TEXT NOT NULL REFERENCES users (id),
  act TEXT NOT NULL,
  text TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE INDEX review_acts_version ON review_acts (version_id, created_at);
CREATE INDEX review_acts_actor ON review_acts (actor_id);

-- What readers say is wrong with an asset, or with one version of it.
CREATE TABLE reports (
  id TEXT PRIMARY KEY,
  asset_id TEXT NOT NULL REFERENCES assets (id),
  version_id TEXT REFERENCES versions (id),
  -- The asset's name when it was reported: the reporter may not see the present one.
  ref TEXT NOT NULL,
  reporter_id TEXT NOT NULL REFERENCES users (id),
  category TEXT NOT NULL,
  text TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'resolved', 'dismissed')),
  -- What the moderator told the reporter.
  answer TEXT NOT NULL,
  handled_by TEXT REFERENCES users (id),
  created_at TEXT NOT NULL,
  handled_at TEXT
);
-- A person has one open report on an asset.
CREATE UNIQUE INDEX reports_open ON reports (asset_id, reporter_id) WHERE status = 'open';
CREATE INDEX reports_status ON reports (status, created_at);
CREATE INDEX reports_reporter ON reports (reporter_id, created_at);
CREATE INDEX reports_handled_by ON reports (handled_by);
