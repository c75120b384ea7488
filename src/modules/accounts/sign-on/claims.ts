import { instant } from "../../../core/clock.ts";
import { emailProblem } from "../user.ts";
import type { ExternalPerson, ProviderSettings } from "./provider.ts";

const MAX_GROUPS = 2000;
const MAX_GROUP = 256;

/** Claims as a provider sent them: of any type and length. */
export type Claims = Readonly<Record<string, unknown>>;

/** A claim by its name, or by a path of names with dots between (`realm_access.roles`). */
export function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

const textOf = (value: unknown, max: number): string =>
  typeof value === "string" ? value.normalize("NFC").slice(0, max) : "";
const listOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === "string");

/**
 * The person that claims describe. An address is verified only when the provider says so in as many words; a name may hold
 * anything and is cleaned where it is used.
 */
export function personOf(
  claims: Claims,
  from: { provider: string; issuer: string; subject: string; settings: ProviderSettings },
): ExternalPerson {
  const { settings } = from;
  const email = textOf(claims["email"], 320);
  const known = emailProblem(email) === null;
  const authTime = claims["auth_time"];
  return {
    provider: from.provider,
    issuer: from.issuer,
    subject: from.subject,
    otherIds: listOf(claims["oid"]).slice(0, 1),
    email: known ? email : "",
    emailVerified: known && (claims["email_verified"] === true || claims["email_verified"] === "true"),
    nameHint: textOf(claimAt(claims, settings.usernameClaim), 200) || email.slice(0, email.indexOf("@")),
    displayName: textOf(claims["name"], 100),
    groups: groupsOf(claims, settings.groupsClaim),
    twoFactor: listOf(claimAt(claims, settings.twoFactorClaim)).some((value) =>
      settings.twoFactorValues.includes(value),
    ),
    authenticatedAt:
      typeof authTime === "number" && authTime > 0 && authTime < 1e11 ? instant(new Date(authTime * 1000)) : null,
  };
}

/** A claim that is not there means no groups, except where the provider says that the list did not fit (Entra ID). */
function groupsOf(claims: Claims, name: string): string[] | null {
  const value = claimAt(claims, name);
  const elsewhere = claims["_claim_names"];
  if (value === undefined && typeof elsewhere === "object" && elsewhere !== null && Object.hasOwn(elsewhere, name))
    return null;
  return [...new Set(listOf(value).filter((group) => group.length <= MAX_GROUP))].slice(0, MAX_GROUPS);
}
