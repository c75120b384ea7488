import {
  ASSET_ACCESS,
  type AssetAccess,
  type Confinement,
  type Role,
  type Scope,
  type SignedIn,
} from "../../core/actor.ts";
import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { PersonAccess } from "./access-read-model.ts";
import { SCOPES_OF_ROLE, type User } from "./user.ts";

/** How somebody signed in, and with what. */
export interface SignInFacts {
  via: SignedIn["via"];
  /** Default: all that the role may. */
  scopes?: readonly Scope[];
  twoFactor: boolean;
  authenticatedAt: Instant | null;
  confinement?: Confinement | null;
  /** The person's address has to be confirmed before they publish. */
  unconfirmed?: boolean;
}

/**
 * Who asks, as use cases see it. Scopes that the role does not carry (any more), and what wants a second factor, are left out; a
 * role of `needTwoFactor` counts only for a sign-in with one, and a role of the site only with the scope `admin`: a key that may
 * read or publish does so as anybody's.
 */
export function actorOf(
  user: User,
  access: PersonAccess,
  facts: SignInFacts,
  needTwoFactor: readonly Role[] = [],
): SignedIn {
  const counts = ({ needsTwoFactor }: { needsTwoFactor: boolean }) => facts.twoFactor || !needsTwoFactor;
  const role = facts.twoFactor || !needTwoFactor.includes(user.role) ? user.role : "user";
  const scopes = (facts.scopes ?? SCOPES_OF_ROLE[role]).filter((scope) => SCOPES_OF_ROLE[role].includes(scope));
  return {
    kind: "user",
    userId: user.id,
    username: user.username,
    role: scopes.includes("admin") ? role : "user",
    ...(role === user.role ? {} : { withheldRole: user.role }),
    scopes,
    namespaceId: user.namespaceId,
    memberships: access.memberships
      .filter(counts)
      .map(({ organizationId, namespaceId, role }) => ({ organizationId, namespaceId, role })),
    assetAccess: strongest(access.assets.filter(counts)),
    confinement: facts.confinement ?? null,
    twoFactor: facts.twoFactor,
    authenticatedAt: facts.authenticatedAt,
    via: facts.via,
    ...(facts.unconfirmed ? { unconfirmed: true } : {}),
  };
}

/** Of several rights on an asset the strongest counts. */
function strongest(rights: PersonAccess["assets"]): Map<Id, AssetAccess> {
  const best = new Map<Id, AssetAccess>();
  for (const { assetId, access } of rights) {
    const known = best.get(assetId);
    if (known === undefined || ASSET_ACCESS.indexOf(access) > ASSET_ACCESS.indexOf(known)) best.set(assetId, access);
  }
  return best;
}
