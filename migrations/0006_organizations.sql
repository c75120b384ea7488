-- Organizations, teams, rights on single assets, and names that moved.
CREATE TABLE organizations (
  id TEXT PRIMARY KEY,
  namespace_id TEXT NOT NULL UNIQUE REFERENCES namespaces (id),
  display_name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  website TEXT NOT NULL DEFAULT '',
  -- private: for others than its members it does not exist, so none of its assets may be public, internal or unlisted.
  visibility TEXT NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'private')),
  -- An administrator said that this is who it says it is.
  verified_at TEXT,
  verified_by TEXT,
  require_two_factor INTEGER NOT NULL DEFAULT 0,
  require_signature INTEGER NOT NULL DEFAULT 0,
  require_review INTEGER NOT NULL DEFAULT 0,
  created_by TEXT NOT NULL REFERENCES users (id),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  -- A deleted organization keeps its row and its name: neither is given away again.
  deleted_at TEXT
);

-- source: who put the person there, and so who may take them away again: people, group claims of a sign-on provider, or SCIM.
CREATE TABLE organization_members (
  organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  source TEXT NOT NULL DEFAULT 'manual',
  created_at TEXT NOT NULL,
  PRIMARY KEY (organization_id, user_id)
);
CREATE INDEX organization_members_user ON organization_members (user_id);

CREATE TABLE teams (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  slug TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL,
  UNIQUE (organization_id, slug)
);

CREATE TABLE team_members (
  team_id TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  source TEXT NOT NULL DEFAULT 'manual',
  created_at TEXT NOT NULL,
  PRIMARY KEY (team_id, user_id)
);
CREATE INDEX team_members_user ON team_members (user_id);

CREATE TABLE team_assets (
  team_id TEXT NOT NULL REFERENCES teams (id) ON DELETE CASCADE,
  asset_id TEXT NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
  access TEXT NOT NULL CHECK (access IN ('read', 'write', 'admin')),
  created_at TEXT NOT NULL,
  PRIMARY KEY (team_id, asset_id)
);
CREATE INDEX team_assets_asset ON team_assets (asset_id);

CREATE TABLE asset_collaborators (
  asset_id TEXT NOT NULL REFERENCES assets (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  access TEXT NOT NULL CHECK (access IN ('read', 'write', 'admin')),
  added_by TEXT REFERENCES users (id),
  created_at TEXT NOT NULL,
  PRIMARY KEY (asset_id, user_id)
);
CREATE INDEX asset_collaborators_user ON asset_collaborators (user_id);

-- Who has which right on which single asset, beside roles. A team's right counts while its person is in the organization that
-- owns team and asset alike; two_factor: it counts only for people with a second factor.
CREATE VIEW asset_rights AS
  SELECT c.user_id AS user_id, c.asset_id AS asset_id, c.access AS access, COALESCE(o.require_two_factor, 0) AS two_factor
  FROM asset_collaborators c
  JOIN assets a ON a.id = c.asset_id
  LEFT JOIN organizations o ON o.namespace_id = a.namespace_id
  UNION ALL
  SELECT tm.user_id, ta.asset_id, ta.access, o.require_two_factor
  FROM team_members tm
  JOIN teams t ON t.id = tm.team_id
  JOIN organizations o ON o.id = t.organization_id AND o.deleted_at IS NULL
  JOIN organization_members om ON om.organization_id = t.organization_id AND om.user_id = tm.user_id
  JOIN team_assets ta ON ta.team_id = tm.team_id
  JOIN assets a ON a.id = ta.asset_id AND a.namespace_id = o.namespace_id;

CREATE TABLE invitations (
  id TEXT PRIMARY KEY,
  organization_id TEXT NOT NULL REFERENCES organizations (id) ON DELETE CASCADE,
  -- For whom: an address, a person who is here already, or (both NULL) whoever holds the link.
  email TEXT,
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  team_id TEXT REFERENCES teams (id) ON DELETE CASCADE,
  token_hash TEXT NOT NULL UNIQUE,
  invited_by TEXT NOT NULL REFERENCES users (id),
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL,
  accepted_at TEXT,
  accepted_by TEXT REFERENCES users (id) ON DELETE CASCADE,
  revoked_at TEXT
);
CREATE INDEX invitations_organization ON invitations (organization_id, created_at);
CREATE INDEX invitations_user ON invitations (user_id);

-- The names a namespace had: they lead to it for good and are never given away again.
CREATE TABLE namespace_redirects (
  name TEXT PRIMARY KEY,
  namespace_id TEXT NOT NULL REFERENCES namespaces (id),
  created_at TEXT NOT NULL
);

-- The places an asset had before it was renamed or transferred; never used for another asset.
CREATE TABLE asset_redirects (
  namespace_id TEXT NOT NULL REFERENCES namespaces (id),
  slug TEXT NOT NULL,
  asset_id TEXT NOT NULL REFERENCES assets (id),
  created_at TEXT NOT NULL,
  PRIMARY KEY (namespace_id, slug)
);

-- An asset offered to a namespace whose owner has to agree.
CREATE TABLE asset_transfers (
  id TEXT PRIMARY KEY,
  asset_id TEXT NOT NULL UNIQUE REFERENCES assets (id) ON DELETE CASCADE,
  to_namespace_id TEXT NOT NULL REFERENCES namespaces (id),
  -- What it is to be called there.
  slug TEXT NOT NULL,
  requested_by TEXT NOT NULL REFERENCES users (id),
  created_at TEXT NOT NULL,
  expires_at TEXT NOT NULL
);
CREATE INDEX asset_transfers_target ON asset_transfers (to_namespace_id);
