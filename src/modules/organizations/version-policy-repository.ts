import type { Instant } from "../../core/clock.ts";
import type { Id } from "../../core/id.ts";
import type { Queries } from "../../platform/database/index.ts";
import {
  NO_ORGANIZATION_RULES,
  type OrganizationRules,
  organizationRulesWire,
  readOrganizationRules,
} from "../compliance/index.ts";

/** What the organization asks of its versions. Throws VALIDATION_ERROR when what is stored cannot be understood: then nothing passes. */
export async function versionRulesOf(q: Queries, organizationId: Id): Promise<OrganizationRules> {
  const row = await q
    .selectFrom("organization_policies")
    .select("settings")
    .where("organization_id", "=", organizationId)
    .executeTakeFirst();
  return row ? readOrganizationRules(JSON.parse(row.settings) as Record<string, unknown>) : NO_ORGANIZATION_RULES;
}

export async function storeVersionRules(
  tx: Queries,
  organizationId: Id,
  rules: OrganizationRules,
  by: { userId: Id | null; at: Instant },
): Promise<void> {
  const row = { settings: JSON.stringify(organizationRulesWire(rules)), updated_by: by.userId, updated_at: by.at };
  await tx
    .insertInto("organization_policies")
    .values({ organization_id: organizationId, ...row })
    .onConflict((conflict) => conflict.column("organization_id").doUpdateSet(row))
    .execute();
}
