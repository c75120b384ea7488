import { sql } from "kysely";
import type { Queries } from "../../platform/database/index.ts";

/** What no change of an organization may leave behind; each fault in words. One statement, so that it gives no false alarm. */
export async function organizationFaults(q: Queries): Promise<string[]> {
  const { rows } = await sql<{ fault: string }>`
    SELECT n.name || ' has no owner who can sign in' AS fault
    FROM organizations o JOIN namespaces n ON n.id = o.namespace_id
    WHERE o.deleted_at IS NULL AND NOT EXISTS (
      SELECT 1 FROM organization_members m JOIN users u ON u.id = m.user_id
      WHERE m.organization_id = o.id AND m.role = 'owner' AND u.status = 'active')
    UNION ALL
    SELECT n.name || ' is private, its asset ' || a.slug || ' is not'
    FROM organizations o JOIN namespaces n ON n.id = o.namespace_id JOIN assets a ON a.namespace_id = n.id
    WHERE o.visibility = 'private' AND a.deleted_at IS NULL AND a.visibility NOT IN ('organization', 'private')
    UNION ALL
    SELECT n.name || ' is deleted, its asset ' || a.slug || ' is not'
    FROM organizations o JOIN namespaces n ON n.id = o.namespace_id JOIN assets a ON a.namespace_id = n.id
    WHERE o.deleted_at IS NOT NULL AND a.deleted_at IS NULL
    UNION ALL
    SELECT n.name || ' is deleted and has members'
    FROM organizations o JOIN namespaces n ON n.id = o.namespace_id
    WHERE o.deleted_at IS NOT NULL AND EXISTS (SELECT 1 FROM organization_members m WHERE m.organization_id = o.id)
    UNION ALL
    SELECT n.name || ': somebody is in the team ' || t.slug || ' and not in the organization'
    FROM teams t JOIN organizations o ON o.id = t.organization_id JOIN namespaces n ON n.id = o.namespace_id
    WHERE EXISTS (SELECT 1 FROM team_members tm WHERE tm.team_id = t.id AND NOT EXISTS (
      SELECT 1 FROM organization_members m WHERE m.organization_id = o.id AND m.user_id = tm.user_id))
    UNION ALL
    SELECT n.name || ': the team ' || t.slug || ' has a right on an asset of another namespace'
    FROM teams t JOIN organizations o ON o.id = t.organization_id JOIN namespaces n ON n.id = o.namespace_id
    WHERE EXISTS (SELECT 1 FROM team_assets ta JOIN assets a ON a.id = ta.asset_id
      WHERE ta.team_id = t.id AND a.namespace_id <> o.namespace_id)
    UNION ALL
    SELECT n.name || ' is the name of a namespace and the former name of another'
    FROM namespaces n JOIN namespace_redirects r ON r.name = n.name
    UNION ALL
    SELECT n.name || '/' || a.slug || ' is an asset and the former place of another'
    FROM assets a JOIN namespaces n ON n.id = a.namespace_id
    JOIN asset_redirects r ON r.namespace_id = a.namespace_id AND r.slug = a.slug
    LIMIT 1000`.execute(q);
  return rows.map(({ fault }) => fault);
}
