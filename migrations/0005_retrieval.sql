-- A version as one tar.gz or zip. Derived, so garbage collection may drop the bytes; the digest stays right for ever.
CREATE TABLE version_archives (
  version_id TEXT NOT NULL REFERENCES versions (id),
  format TEXT NOT NULL CHECK (format IN ('tar.gz', 'zip')),
  digest TEXT NOT NULL,
  size BIGINT NOT NULL,
  -- 1: the bytes are a blob; 0: too large to keep, written afresh for each download.
  stored INTEGER NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (version_id, format)
);
CREATE INDEX version_archives_digest ON version_archives (digest);

-- One row a download, until it is counted into the daily numbers and its retention ends.
CREATE TABLE download_events (
  id TEXT PRIMARY KEY,
  asset_id TEXT NOT NULL,
  version_id TEXT NOT NULL,
  day TEXT NOT NULL,
  -- Salted hash of the address (or of the user): one visitor counts once a day and version.
  visitor_hash TEXT NOT NULL,
  client TEXT NOT NULL,
  created_at TEXT NOT NULL,
  UNIQUE (version_id, day, visitor_hash)
);
CREATE INDEX download_events_day ON download_events (day);

CREATE TABLE daily_downloads (
  asset_id TEXT NOT NULL,
  version_id TEXT NOT NULL,
  day TEXT NOT NULL,
  downloads BIGINT NOT NULL,
  PRIMARY KEY (version_id, day)
);
CREATE INDEX daily_downloads_asset ON daily_downloads (asset_id, day);
CREATE INDEX daily_downloads_day ON daily_downloads (day);
