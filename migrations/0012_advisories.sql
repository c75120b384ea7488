-- That a version's files were looked at for the packages they name, and by which revision of the extractor.
CREATE TABLE package_extractions (
  version_id TEXT PRIMARY KEY REFERENCES versions (id),
  extractor TEXT NOT NULL,
  extracted_at TEXT NOT NULL
);

-- Packages of other ecosystems that a version would install, import or start, direct ones first.
CREATE TABLE package_references (
  version_id TEXT NOT NULL REFERENCES versions (id),
  position INTEGER NOT NULL,
  -- As OSV spells it: npm, PyPI, Go …
  ecosystem TEXT NOT NULL,
  name TEXT NOT NULL,
  -- The exact version, when the file says one.
  version TEXT,
  version_range TEXT,
  transitive INTEGER NOT NULL,
  path TEXT NOT NULL,
  line INTEGER,
  PRIMARY KEY (version_id, position)
);
CREATE INDEX package_references_name ON package_references (ecosystem, name, version_id);

-- Known vulnerabilities and malicious packages, imported (OSV) or written here (ids MKT-YYYY-NNNN).
CREATE TABLE advisories (
  id TEXT PRIMARY KEY,
  origin TEXT NOT NULL CHECK (origin IN ('imported', 'own')),
  -- `modified` as the advisory says it: one that says the same again is not looked at.
  modified TEXT NOT NULL,
  published TEXT,
  withdrawn TEXT,
  -- critical, high, medium, low; NULL: nobody has said.
  severity TEXT,
  malicious INTEGER NOT NULL,
  summary TEXT NOT NULL,
  -- Details, aliases, references, credits … as OSV JSON, shortened.
  document TEXT NOT NULL,
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
);
CREATE INDEX advisories_recent ON advisories (updated_at, id);

-- What an advisory affects: a row each package.
CREATE TABLE advisory_packages (
  advisory_id TEXT NOT NULL REFERENCES advisories (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  ecosystem TEXT NOT NULL,
  name TEXT NOT NULL,
  -- For the ecosystem `marketplace`: the asset of this server.
  asset_id TEXT REFERENCES assets (id),
  -- Ranges and versions (JSON).
  affected TEXT NOT NULL,
  PRIMARY KEY (advisory_id, position)
);
CREATE INDEX advisory_packages_name ON advisory_packages (ecosystem, name);
CREATE INDEX advisory_packages_asset ON advisory_packages (asset_id);

-- Packages whose advisories changed since the versions that name them were matched: what is still to be done.
CREATE TABLE changed_packages (
  ecosystem TEXT NOT NULL,
  name TEXT NOT NULL,
  -- Another change has another mark.
  mark TEXT NOT NULL,
  PRIMARY KEY (ecosystem, name)
);

-- Which advisories touch a version, and through what.
CREATE TABLE version_advisories (
  version_id TEXT NOT NULL REFERENCES versions (id),
  advisory_id TEXT NOT NULL REFERENCES advisories (id) ON DELETE CASCADE,
  ecosystem TEXT NOT NULL,
  package TEXT NOT NULL,
  -- The version or range that the file names.
  package_version TEXT,
  -- The least version that mends it, when there is one.
  fixed TEXT,
  path TEXT,
  line INTEGER,
  found_at TEXT NOT NULL,
  -- NULL until the owners were told.
  told_at TEXT,
  PRIMARY KEY (version_id, advisory_id, ecosystem, package)
);
CREATE INDEX version_advisories_advisory ON version_advisories (advisory_id, version_id);
CREATE INDEX version_advisories_untold ON version_advisories (version_id) WHERE told_at IS NULL;

-- Imports of advisories; the bytes wait in the blob store until the job has read them.
CREATE TABLE advisory_imports (
  id TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('waiting', 'running', 'done', 'failed')),
  digest TEXT,
  -- What the server that it was fetched from calls this state of it.
  etag TEXT,
  requested_by TEXT REFERENCES users (id),
  -- Entries of the file that were dealt with: where an interrupted import goes on.
  entries INTEGER NOT NULL DEFAULT 0,
  changed INTEGER NOT NULL DEFAULT 0,
  unchanged INTEGER NOT NULL DEFAULT 0,
  skipped INTEGER NOT NULL DEFAULT 0,
  -- The first reasons for which entries were skipped (JSON).
  problems TEXT NOT NULL DEFAULT '[]',
  error TEXT,
  created_at TEXT NOT NULL,
  finished_at TEXT
);
CREATE INDEX advisory_imports_recent ON advisory_imports (created_at);

-- Versions that wait for a fresh scan after rules or advisories changed; taken one at a time, behind first scans.
CREATE TABLE rescan_queue (
  version_id TEXT PRIMARY KEY REFERENCES versions (id),
  -- 1: every scanner; 0: only those that changed since its last scan.
  whole INTEGER NOT NULL,
  created_at TEXT NOT NULL
);
