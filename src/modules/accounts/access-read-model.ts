import { sql } from "kysely";
import type { AssetAccess, Membership, OrganizationRole } from "../../core/actor.ts";
import type { Id } from "../../core/id.ts";
import { type Queries, toNumber } from "../../platform/database/index.ts";

/** What a person may beside being themselves. */
export interface PersonAccess {
  memberships: readonly (Membership & { needsTwoFactor: boolean })[];
  assets: readonly { assetId: Id; access: AssetAccess; needsTwoFactor: boolean }[];
  /** Whether the person has an authenticator app or a passkey. */
  hasSecondFactor: boolean;
}

interface Row {
  what: "membership" | "asset" | "factor";
  id: Id;
  namespace_id: Id;
  value: string;
  two_factor: number | string;
}

/** One statement, because every request of a person who is signed in begins with it. */
export async function accessOf(q: Queries, userId: Id): Promise<PersonAccess> {
  const { rows } = await sql<Row>`
    SELECT 'membership' AS what, o.id AS id, o.namespace_id AS namespace_id, m.role AS value, o.require_two_factor AS two_factor
    FROM organization_members m JOIN organizations o ON o.id = m.organization_id
    WHERE m.user_id = ${userId} AND o.deleted_at IS NULL
    UNION ALL
    SELECT 'asset', asset_id, '', access, two_factor FROM asset_rights WHERE user_id = ${userId}
    UNION ALL
    SELECT 'factor', user_id, '', 'totp', 0 FROM totp_credentials WHERE user_id = ${userId} AND confirmed_at IS NOT NULL
    UNION ALL
    SELECT 'factor', user_id, '', 'passkey', 0 FROM passkeys WHERE user_id = ${userId}`.execute(q);
  const of = (what: Row["what"]) => rows.filter((row) => row.what === what);
  return {
    memberships: of("membership").map((row) => ({
      organizationId: row.id,
      namespaceId: row.namespace_id,
      role: row.value as OrganizationRole,
      needsTwoFactor: toNumber(row.two_factor) === 1,
    })),
    assets: of("asset").map((row) => ({
      assetId: row.id,
      access: row.value as AssetAccess,
      needsTwoFactor: toNumber(row.two_factor) === 1,
    })),
    hasSecondFactor: of("factor").length > 0,
  };
}
