-- Numbers handed out in commit order (the event log's sequence): the row lock is the order.
CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);

CREATE TABLE events (
  seq BIGINT PRIMARY KEY,
  type TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  actor_id TEXT,
  payload TEXT NOT NULL,
  created_at TEXT NOT NULL
);

CREATE TABLE jobs (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  dedupe_key TEXT,
  payload TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  max_attempts INTEGER NOT NULL,
  run_at TEXT NOT NULL,
  leased_until TEXT,
  leased_by TEXT,
  last_error TEXT,
  created_at TEXT NOT NULL,
  finished_at TEXT
);
CREATE INDEX jobs_due ON jobs (status, run_at);
-- While a job of a key waits a second one is not enqueued; while it runs another one may wait, for what changed meanwhile.
CREATE UNIQUE INDEX jobs_waiting_key ON jobs (kind, dedupe_key) WHERE status = 'waiting';

-- Blobs that garbage collection is about to remove or has removed lately; a publication that may have seen the bytes
-- before they went puts them again (docs/decisions/0007-garbage-collection.md).
CREATE TABLE condemned_blobs (
  digest TEXT PRIMARY KEY,
  condemned_at TEXT NOT NULL,
  -- NULL: being removed. Else what the counter `blob-gc` became when the bytes were gone.
  removed_epoch BIGINT
);

CREATE TABLE idempotency_keys (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status INTEGER,
  response TEXT,
  created_at TEXT NOT NULL,
  PRIMARY KEY (user_id, idempotency_key)
);
CREATE INDEX idempotency_keys_age ON idempotency_keys (created_at);
