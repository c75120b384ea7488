/** Every URL of the pages in one place, so that a link and its route cannot drift apart. All parts are percent-encoded. */

interface Named {
  namespace: string;
  slug: string;
}

const part = (text: string): string => encodeURIComponent(text.toWellFormed());
const pathParts = (path: string): string => path.split("/").map(part).join("/");

export const assetUrl = (asset: Named): string => `/${part(asset.namespace)}/${part(asset.slug)}`;
/** The overview of one exact version. */
export const versionUrl = (asset: Named, version: string): string => `${assetUrl(asset)}?version=${part(version)}`;
export const filesUrl = (asset: Named, version: string): string => `${assetUrl(asset)}/files/${part(version)}`;
export const fileUrl = (asset: Named, version: string, path: string): string =>
  `${filesUrl(asset, version)}/${pathParts(path)}`;
export const versionsUrl = (asset: Named): string => `${assetUrl(asset)}/versions`;
export const securityUrl = (asset: Named, version?: string): string =>
  `${assetUrl(asset)}/security${version === undefined ? "" : `?version=${part(version)}`}`;
export const dependenciesUrl = (asset: Named, version?: string): string =>
  `${assetUrl(asset)}/dependencies${version === undefined ? "" : `?version=${part(version)}`}`;
export const assetSettingsUrl = (asset: Named): string => `${assetUrl(asset)}/settings`;

/** Of one asset, or of all that a person may publish. */
export const trustedPublishersUrl = (asset: Named | null): string =>
  asset === null ? "/settings/trusted-publishers" : `${assetSettingsUrl(asset)}/trusted-publishers`;

/** POST targets of an asset's owner: forms with `csrf_token`. */
export const assetActionUrl = (asset: Named, action: "publish" | "deprecate" | "archive" | "delete"): string =>
  `${assetUrl(asset)}/${action}`;
export const channelsActionUrl = (asset: Named): string => `${assetUrl(asset)}/channels`;
export const versionActionUrl = (
  asset: Named,
  version: string,
  action: "yank" | "unyank" | "rescan" | "appeal",
): string => `${versionsUrl(asset)}/${part(version)}/${action}`;

/** POST targets of publishers who explain findings. */
export const suppressionsUrl = (asset: Named): string => `${assetUrl(asset)}/suppressions`;
export const withdrawUrl = (asset: Named, id: string): string => `${suppressionsUrl(asset)}/${part(id)}/withdraw`;
/** POST targets of moderators who answer publishers. */
export const moderatorAnswerUrl = (versionId: string, what: "explanations" | "appeals", id: string): string =>
  `/moderation/${part(versionId)}/${what}/${part(id)}`;

/** The REST API's own addresses, for downloads and previews. */
export const apiVersionUrl = (asset: Named, version: string): string =>
  `/api/v1/assets${assetUrl(asset)}/versions/${part(version)}`;
export const downloadUrl = (asset: Named, version: string, format: "tar.gz" | "zip"): string =>
  `${apiVersionUrl(asset, version)}/download?format=${format}`;
export const sbomUrl = (asset: Named, version: string): string => `${apiVersionUrl(asset, version)}/sbom`;
export const rawFileUrl = (asset: Named, version: string, path: string): string =>
  `${apiVersionUrl(asset, version)}/files/${pathParts(path)}`;

export const profileUrl = (name: string): string => `/${part(name)}`;
export const categoryUrl = (slug: string): string => `/categories/${part(slug)}`;
export const tagUrl = (tag: string): string => `/tags/${part(tag)}`;
export const kindUrl = (kind: string): string => `/search?type=${part(kind)}`;
/** Where a version's scan is watched; a request by htmx gets the fragment alone. */
export const progressUrl = (asset: Named, version: string): string =>
  `/publish/${part(asset.namespace)}/${part(asset.slug)}/${part(version)}`;
/** Where an administrator recalls a version, and a recall's own page. */
export const recallVersionUrl = (versionId: string): string => `${reviewUrl(versionId)}/recall`;
export const recallUrl = (number: number): string => `/admin/recalls/${number}`;
export const reviewUrl = (versionId: string): string => `/moderation/${part(versionId)}`;
/** POST targets of moderators; `recall` is a page of its own. */
export const reviewActionUrl = (versionId: string, action: "claim" | "release" | "put-back" | "recall"): string =>
  `${reviewUrl(versionId)}/${action}`;
/** A reader's report as moderators see it; `action` is a POST target. */
export const reportUrl = (reportId: string, action?: "close" | "take-up"): string =>
  `/moderation/reports/${part(reportId)}${action === undefined ? "" : `/${action}`}`;
/** Where a reader says what is wrong with an asset. */
export const reportFormUrl = (asset: Named, version?: string): string =>
  `${assetUrl(asset)}/report${version === undefined ? "" : `?version=${part(version)}`}`;
/** Where a publisher answers what moderators asked to be changed. */
export const reviewAnswerUrl = (asset: Named, version: string): string =>
  `${versionsUrl(asset)}/${part(version)}/review-answer`;
/** An account as administrators see it. */
export const administeredUserUrl = (username: string): string => `/admin/users/${part(username)}`;
/** Entries of the audit log by or about somebody. */
export const auditOfUrl = (field: "actor" | "subject", username: string): string =>
  `/admin/audit?${field}=${part(username)}`;
/** Where a session or key is ended, of the person who is signed in. */
export const revokeUrl = (what: "sessions" | "command-lines" | "api-keys" | "signing-keys", id: string): string =>
  `/settings/${what}/${part(id)}/revoke`;
export const passkeyUrl = (id: string, action: "rename" | "remove"): string =>
  `/settings/security/passkeys/${part(id)}/${action}`;
/** Where a sign-on provider is gone to; `fresh`: it asks the person anew. */
export const signOnUrl = (provider: string, next: string, fresh: boolean): string =>
  `/api/v1/auth/oauth/${part(provider)}?next=${part(next)}${fresh ? "&fresh=true" : ""}`;
export const connectedAccountUrl = (id: string, action: "connect" | "disconnect"): string =>
  `/settings/connected-accounts/${part(id)}/${action}`;
export const heldMailUrl = (id: string): string => `/admin/mails/${part(id)}/open`;
export const accountInvitationUrl = (id: string): string => `/admin/invitations/${part(id)}/revoke`;
export const signInUrl = (next?: string): string =>
  next === undefined || next === "/" ? "/sign-in" : `/sign-in?next=${part(next)}`;

/** Pages of an organization's people and settings. */
export const organizationUrl = (slug: string, page: OrganizationPage): string => `/organizations/${part(slug)}/${page}`;
export type OrganizationPage = "settings" | "members" | "teams" | "invitations" | "policy" | "danger";
export const teamUrl = (slug: string, team: string): string => `${organizationUrl(slug, "teams")}/${part(team)}`;
/** POST targets below an organization's pages, such as `members/ana/remove`. */
export const organizationActionUrl = (slug: string, ...parts: string[]): string =>
  `/organizations/${part(slug)}/${parts.map(part).join("/")}`;
/** Where an invitation (by its secret or id) or an offered asset is answered. */
export const answerUrl = (what: "invitations" | "transfers", key: string, answer: "accept" | "decline"): string =>
  `/${what}/${part(key)}/${answer}`;
/** POST targets of whoever manages an asset. */
export const assetAccessUrl = (asset: Named, ...parts: string[]): string =>
  `${assetUrl(asset)}/${parts.map(part).join("/")}`;
