import type { Instant } from "../../../core/clock.ts";

/** One `[oidc.<name>]` of the configuration. */
export interface ProviderSettings {
  kind: "oidc" | "github" | "gitlab" | "google";
  issuer: string;
  clientId: string;
  clientSecret: string;
  label: string;
  scopes: readonly string[];
  createAccounts: "registration" | "always" | "never";
  allowedDomains: readonly string[];
  trustEmail: boolean;
  usernameClaim: string;
  groupsClaim: string;
  groups: Readonly<Record<string, readonly string[]>>;
  twoFactorClaim: string;
  twoFactorValues: readonly string[];
}

/** What follows from a provider's word about a person. */
export type AccountRules = Pick<ProviderSettings, "createAccounts" | "trustEmail" | "groups">;

/** Somebody as another provider vouches for them. */
export interface ExternalPerson {
  /** The section's name. */
  provider: string;
  issuer: string;
  /** The provider's own id, which never changes and is never given to another. */
  subject: string;
  /** Further ids by which a directory may know the same person (Entra ID's `oid`). */
  otherIds: readonly string[];
  email: string;
  emailVerified: boolean;
  /** What a user name may be made of. */
  nameHint: string;
  displayName: string;
  /** Null: the provider did not say, so nothing follows from it. */
  groups: readonly string[] | null;
  twoFactor: boolean;
  /** When the person last proved to the provider who they are; null when it does not say. */
  authenticatedAt: Instant | null;
}

/** What the server keeps of a sign-in that was begun, until the browser comes back. */
export interface Begun {
  verifier: string;
  nonce: string;
}

/** A service that proves who somebody is. Both throw AppError that people may read; what exactly was wrong goes to the log. */
export interface SignOnProvider {
  name: string;
  label: string;
  settings: ProviderSettings;
  /** The address the browser is sent to. `fresh`: the person must prove again who they are. */
  begin(begun: Begun & { state: string; redirectUri: string; fresh: boolean }): Promise<string>;
  /** Redeems what came back; `query` is the callback's, as it came. */
  finish(begun: Begun & { state: string; redirectUri: string; query: string }): Promise<ExternalPerson>;
}

type Preset = Pick<ProviderSettings, "issuer" | "scopes"> & { groupsClaim?: string; usernameClaim?: string };

const PRESETS: Record<ProviderSettings["kind"], Preset> = {
  oidc: { issuer: "", scopes: ["openid", "profile", "email"] },
  google: { issuer: "https://accounts.google.com", scopes: ["openid", "profile", "email"] },
  gitlab: {
    issuer: "https://gitlab.com",
    scopes: ["openid", "profile", "email"],
    groupsClaim: "groups_direct",
    usernameClaim: "nickname",
  },
  github: { issuer: "https://github.com", scopes: ["read:user", "user:email"] },
};

/** What is left empty is filled with what the kind needs. */
export function withPreset(settings: ProviderSettings): ProviderSettings {
  const preset = PRESETS[settings.kind];
  const teams = settings.kind === "github" && Object.keys(settings.groups).length > 0 ? ["read:org"] : [];
  return {
    ...settings,
    issuer: settings.issuer || preset.issuer,
    scopes: settings.scopes.length > 0 ? settings.scopes : [...preset.scopes, ...teams],
    groupsClaim: settings.groupsClaim === "groups" ? (preset.groupsClaim ?? "groups") : settings.groupsClaim,
    usernameClaim:
      settings.usernameClaim === "preferred_username"
        ? (preset.usernameClaim ?? "preferred_username")
        : settings.usernameClaim,
  };
}

/** Whether this server listens to the provider about people with such an address. */
export const isAllowedDomain = (settings: ProviderSettings, person: ExternalPerson): boolean =>
  settings.allowedDomains.length === 0 ||
  (person.emailVerified &&
    settings.allowedDomains.includes(person.email.slice(person.email.lastIndexOf("@") + 1).toLowerCase()));
