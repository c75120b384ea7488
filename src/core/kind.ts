export const KINDS = [
  "prompt",
  "skill",
  "agent",
  "mcp-server",
  "plugin",
  "tool",
  "workflow",
  "model",
  "model-adapter",
  "dataset",
  "evaluation",
  "integration",
] as const;
export type Kind = (typeof KINDS)[number];
export const isKind = (text: string): text is Kind => (KINDS as readonly string[]).includes(text);

/** `unlisted` is readable by whoever has the link, and is in no list. */
export const VISIBILITIES = ["public", "internal", "organization", "private", "unlisted"] as const;
export type Visibility = (typeof VISIBILITIES)[number];
export const isVisibility = (text: string): text is Visibility => (VISIBILITIES as readonly string[]).includes(text);

export const ASSET_STATUSES = ["draft", "under_review", "published", "deprecated", "archived", "suspended"] as const;
export type AssetStatus = (typeof ASSET_STATUSES)[number];

/**
 * `scanning`: no verdict yet. `under_review`: a moderator decides. `blocked`: policy or moderator refused it.
 * `ready`: passed, but the asset itself is still a draft. `published`: readable by whoever may read the asset.
 */
export const VERSION_STATUSES = ["scanning", "under_review", "blocked", "ready", "published"] as const;
export type VersionStatus = (typeof VERSION_STATUSES)[number];

export const VERDICTS = ["pending", "passed", "review", "blocked"] as const;
export type Verdict = (typeof VERDICTS)[number];

export const SEVERITIES = ["info", "low", "medium", "high", "critical"] as const;
export type Severity = (typeof SEVERITIES)[number];
