-- That a version's files were looked at for what they can do, and by which revision of the extractor: facts of different
-- revisions are never compared.
CREATE TABLE capability_extractions (
  version_id TEXT PRIMARY KEY REFERENCES versions (id),
  extractor TEXT NOT NULL,
  extracted_at TEXT NOT NULL
);

-- What a version can do, sorted by kind and value; each value once, with the first place that says so.
CREATE TABLE capabilities (
  version_id TEXT NOT NULL REFERENCES versions (id),
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  path TEXT,
  line INTEGER,
  PRIMARY KEY (version_id, position)
);
