CREATE TABLE assets (
  id TEXT PRIMARY KEY,
  namespace_id TEXT NOT NULL REFERENCES namespaces (id),
  slug TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL,
  license TEXT,
  homepage TEXT,
  repository TEXT,
  visibility TEXT NOT NULL CHECK (visibility IN ('public', 'internal', 'organization', 'private', 'unlisted')),
  status TEXT NOT NULL CHECK (status IN ('draft', 'under_review', 'published', 'deprecated', 'archived', 'suspended')),
  -- 1: becomes published as soon as a version passes.
  publish_requested INTEGER NOT NULL DEFAULT 0,
  status_reason TEXT,
  -- The version behind the channel `latest`, kept here for lists.
  latest_version_id TEXT,
  downloads BIGINT NOT NULL DEFAULT 0,
  created_by TEXT NOT NULL REFERENCES users (id),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  published_at TEXT,
  -- A deleted asset keeps its row: its name is never given away again.
  deleted_at TEXT,
  UNIQUE (namespace_id, slug)
);
CREATE INDEX assets_recent ON assets (status, visibility, updated_at);
CREATE INDEX assets_downloads ON assets (status, visibility, downloads);

CREATE TABLE versions (
  id TEXT PRIMARY KEY,
  asset_id TEXT NOT NULL REFERENCES assets (id),
  version TEXT NOT NULL,
  manifest_digest TEXT NOT NULL,
  manifest_size BIGINT NOT NULL,
  config_digest TEXT NOT NULL,
  -- Title, description, licence … as this version's files declared them (JSON).
  metadata TEXT NOT NULL,
  changelog TEXT NOT NULL DEFAULT '',
  readme_path TEXT,
  status TEXT NOT NULL CHECK (status IN ('scanning', 'under_review', 'blocked', 'ready', 'published')),
  verdict TEXT NOT NULL CHECK (verdict IN ('pending', 'passed', 'review', 'blocked')),
  -- What the policy or a moderator said for a verdict other than passed.
  verdict_reason TEXT,
  total_size BIGINT NOT NULL,
  file_count INTEGER NOT NULL,
  -- The channel that the publisher asked for beside latest; set when the version is published.
  requested_channel TEXT,
  published_by TEXT NOT NULL REFERENCES users (id),
  created_at TEXT NOT NULL,
  released_at TEXT,
  yanked_at TEXT,
  yank_reason TEXT,
  downloads BIGINT NOT NULL DEFAULT 0,
  UNIQUE (asset_id, version)
);
CREATE INDEX versions_manifest ON versions (manifest_digest);
CREATE INDEX versions_status ON versions (status, created_at);

CREATE TABLE files (
  version_id TEXT NOT NULL REFERENCES versions (id),
  path TEXT NOT NULL,
  size BIGINT NOT NULL,
  digest TEXT NOT NULL,
  media_type TEXT NOT NULL,
  executable INTEGER NOT NULL,
  PRIMARY KEY (version_id, path)
);
CREATE INDEX files_digest ON files (digest);

CREATE TABLE dependencies (
  version_id TEXT NOT NULL REFERENCES versions (id),
  position INTEGER NOT NULL,
  -- namespace/slug
  ref TEXT NOT NULL,
  version_range TEXT NOT NULL,
  optional INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (version_id, position)
);
CREATE INDEX dependencies_ref ON dependencies (ref);

CREATE TABLE channels (
  asset_id TEXT NOT NULL REFERENCES assets (id),
  name TEXT NOT NULL,
  version_id TEXT NOT NULL REFERENCES versions (id),
  updated_at TEXT NOT NULL,
  PRIMARY KEY (asset_id, name)
);

CREATE TABLE categories (
  id TEXT PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  parent_id TEXT REFERENCES categories (id),
  position INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE asset_categories (
  asset_id TEXT NOT NULL REFERENCES assets (id),
  category_id TEXT NOT NULL REFERENCES categories (id),
  PRIMARY KEY (asset_id, category_id)
);
CREATE INDEX asset_categories_category ON asset_categories (category_id);

CREATE TABLE asset_tags (
  asset_id TEXT NOT NULL REFERENCES assets (id),
  tag TEXT NOT NULL,
  PRIMARY KEY (asset_id, tag)
);
CREATE INDEX asset_tags_tag ON asset_tags (tag);
