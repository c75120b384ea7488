-- The append-only log of keys, versions and recalls: how many entries it has, the last one's hash and the root over all of them.
CREATE TABLE transparency_heads (
  name TEXT PRIMARY KEY,
  size BIGINT NOT NULL,
  leaf_hash TEXT NOT NULL,
  root_hash TEXT NOT NULL,
  -- Sealed: size and hashes, so that who can only write the database cannot make another end.
  seal TEXT NOT NULL
);

CREATE TABLE transparency_entries (
  -- From 0, without gaps, in the order of commits.
  position BIGINT PRIMARY KEY,
  type TEXT NOT NULL,
  -- Who may list this asset may read the entry; NULL: everybody.
  asset_id TEXT REFERENCES assets (id),
  -- Whose key it is; the entry is emptied when the account is erased, its hash stays.
  user_id TEXT REFERENCES users (id),
  -- What it is about; the same is recorded once.
  subject TEXT,
  -- Of the version's manifest.
  digest TEXT,
  -- The bytes that the leaf's hash is over (canonical JSON with a random salt).
  entry TEXT NOT NULL,
  leaf_hash TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  created_at TEXT NOT NULL
);
CREATE UNIQUE INDEX transparency_entries_subject ON transparency_entries (type, subject);
CREATE INDEX transparency_entries_digest ON transparency_entries (digest);
CREATE INDEX transparency_entries_user ON transparency_entries (user_id);

-- Hashes of complete subtrees (RFC 6962), level 0 being the leaves; never changed.
CREATE TABLE transparency_nodes (
  level INTEGER NOT NULL,
  position BIGINT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (level, position)
);

-- What the server itself states of a version and signs (DSSE): its verdict, and what a CI token said.
CREATE TABLE server_attestations (
  version_id TEXT NOT NULL REFERENCES versions (id),
  kind TEXT NOT NULL CHECK (kind IN ('verdict', 'provenance')),
  envelope TEXT NOT NULL,
  created_at TEXT NOT NULL,
  PRIMARY KEY (version_id, kind)
);
