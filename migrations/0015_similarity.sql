-- The names under which an asset is looked for by those who check new names: written by scans and by a job, so that both an
-- older asset and one that was renamed get theirs; `revision` is that of the folding.
CREATE TABLE asset_name_index (
  asset_id TEXT PRIMARY KEY REFERENCES assets (id),
  revision INTEGER NOT NULL,
  slug TEXT NOT NULL,
  title TEXT NOT NULL
);

-- The folded slug, the same with one character less, and the folded title. Two names within one edit share a key.
CREATE TABLE asset_name_keys (
  name_key TEXT NOT NULL,
  asset_id TEXT NOT NULL REFERENCES assets (id),
  PRIMARY KEY (name_key, asset_id)
);
CREATE INDEX asset_name_keys_asset ON asset_name_keys (asset_id);

-- A sketch (MinHash) of what a version's files say: enough to tell how much two have in common, and nothing of the text.
CREATE TABLE content_sketches (
  version_id TEXT PRIMARY KEY REFERENCES versions (id),
  asset_id TEXT NOT NULL REFERENCES assets (id),
  revision INTEGER NOT NULL,
  sketch TEXT NOT NULL,
  sketched_at TEXT NOT NULL
);
CREATE INDEX content_sketches_asset ON content_sketches (asset_id);

-- Groups of numbers of a sketch: versions with much in common share at least one of them.
CREATE TABLE content_bands (
  band_key TEXT NOT NULL,
  asset_id TEXT NOT NULL REFERENCES assets (id),
  PRIMARY KEY (band_key, asset_id)
);
CREATE INDEX content_bands_asset ON content_bands (asset_id);
