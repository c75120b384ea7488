import semver from "semver";
import { isDigest, type Digest } from "./digest.ts";
import { validationError } from "./error.ts";

/** Namespaces and slugs: 1 to 64 of a-z, 0-9 and single hyphens between them; so safe in URLs, folders and OCI names. */
const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
export const MAX_NAME = 64;

/** Names that are routes, well-known folders or ours to speak with. */
const RESERVED = new Set(
  (
    "about account admin administration anthropic api api-keys assets auth blob blobs brand c categories category claude-plugins-official " +
    "collections dashboard device docs explore feed files graphql health healthz help home internal invitations k keys latest legal login logout " +
    "marketplace mcp me metrics moderation new none notifications null official openapi organizations orgs plugins profile " +
    "publish readyz register root search security settings setup sign-in sign-out signin signup static sudo support system t tag tags team teams " +
    "terms transfers trending undefined user users v0 v1 v2 verify well-known ws www"
  ).split(" "),
);

/** Slugs that would read as a part of an asset's own address. */
const RESERVED_SLUGS = new Set(
  "versions publish deprecate archive transfer rename collaborators teams channels dependencies dependents ratings comments star files security settings".split(
    " ",
  ),
);

export const isName = (text: string): boolean => text.length <= MAX_NAME && NAME.test(text);
export const isReservedName = (text: string): boolean => RESERVED.has(text);

export function requireName(field: string, text: string): string {
  if (!isName(text))
    throw validationError({
      field,
      message: `"${text.slice(0, 80)}" is not a name: use 1 to ${MAX_NAME} of a-z, 0-9 and single hyphens.`,
    });
  return text;
}

/** Throws VALIDATION_ERROR for what cannot be an asset's slug. */
export function requireSlug(field: string, text: string): string {
  if (RESERVED_SLUGS.has(requireName(field, text)))
    throw validationError({ field, message: `"${text}" is reserved. Choose another name.` });
  return text;
}

/** Makes a name of any text ("My Skill!" → "my-skill"); null when nothing usable is left. */
export function slugify(text: string): string | null {
  const slug = text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_NAME)
    .replace(/^-+|-+$/g, "");
  return slug === "" ? null : slug;
}

/** What a REF may say after `@`: an exact version, a channel or a manifest digest. */
export type Selector =
  | { kind: "version"; version: string }
  | { kind: "channel"; channel: string }
  | { kind: "digest"; digest: Digest };

export interface AssetRef {
  namespace: string;
  slug: string;
  selector: Selector | null;
}

/** `namespace/slug[@version|@channel|@sha256:…]`; null when it is not of that form. */
export function parseRef(text: string): AssetRef | null {
  const at = text.indexOf("@");
  const name = at < 0 ? text : text.slice(0, at);
  const [namespace, slug, ...rest] = name.split("/");
  if (!namespace || !slug || rest.length > 0 || !isName(namespace) || !isName(slug)) return null;
  if (at < 0) return { namespace, slug, selector: null };
  const selector = parseSelector(text.slice(at + 1));
  return selector && { namespace, slug, selector };
}

export function parseSelector(text: string): Selector | null {
  if (isDigest(text)) return { kind: "digest", digest: text };
  if (isVersion(text)) return { kind: "version", version: text };
  if (isName(text)) return { kind: "channel", channel: text };
  return null;
}

/** SemVer 2.0.0 in canonical form without a leading "v", at most 64 characters, build metadata refused (it has no order). */
export const isVersion = (text: string): boolean =>
  text.length <= 64 && semver.valid(text) === text && !text.includes("+");
