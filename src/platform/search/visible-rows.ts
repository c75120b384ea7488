import type { AssetAccess } from "../../core/actor.ts";
import { HIDDEN, INTERNAL, ORGANIZATION, PRIVATE, PUBLIC, WRITERS } from "./access-level.ts";
import type { SearchAudience } from "./search-index.ts";
import type { Table } from "./table.ts";

/** Up to which level a role in a namespace sees its rows (core/permission.ts, RIGHT_OF_ROLE). */
const CLEARANCE: Record<AssetAccess, number> = { read: ORGANIZATION, write: WRITERS, admin: HIDDEN };

const mayWith = (access: AssetAccess, level: number): boolean =>
  access !== "read" || level <= ORGANIZATION || level === PRIVATE;

export interface VisibleRows {
  has(row: number): boolean;
}

/** Tells for a row whether the audience sees it in lists. */
export function visibleRows(table: Table, audience: SearchAudience): VisibleRows {
  const { access, member } = table;
  const everywhere = levelOf(audience);
  const clearances = clearancesOf(table, audience);
  const single = singleRows(table, audience);
  if (clearances === null && single === null) return { has: (row) => access[row]! <= everywhere };
  return {
    has: (row) =>
      access[row]! <= everywhere ||
      (clearances !== null && clearances[member[row]!]! > access[row]!) ||
      (single?.has(row) ?? false),
  };
}

/** What the audience sees wherever it is. */
function levelOf({ reader, confinement }: SearchAudience): number {
  if (reader === "anonymous" || confinement) return PUBLIC;
  return reader === "moderator" ? HIDDEN : INTERNAL;
}

/** By the number of a namespace: the first level that is not seen any more; 0: no clearance. */
function clearancesOf({ dictionaries: { member } }: Table, audience: SearchAudience): Uint8Array | null {
  const { namespaces, confinement } = audience;
  const within = confinement && new Set(confinement.namespaceIds);
  if ((within?.size ?? namespaces.length) === 0) return null;
  const clearances = new Uint8Array(member.values.length);
  const raise = (id: string, level: number) => {
    const number = member.ids.get(id);
    if (number !== undefined && (within === null || within.has(id)))
      clearances[number] = Math.max(clearances[number]!, level + 1);
  };
  for (const id of within ?? []) raise(id, INTERNAL);
  for (const { id, access } of namespaces) raise(id, CLEARANCE[access]);
  return clearances;
}

/** Rows that are seen because of a right on the asset itself, or because a key is confined to it. */
function singleRows(table: Table, { assets, namespaces, confinement }: SearchAudience): Set<number> | null {
  const rows = new Set<number>();
  const { member } = table.dictionaries;
  const confinedAssets = confinement && new Set(confinement.assetIds);
  const confinedNamespaces = new Set(confinement?.namespaceIds.map((id) => member.ids.get(id)));
  for (const { id, access } of assets) {
    const row = table.rows.get(id);
    if (row === undefined || !mayWith(access, table.access[row]!)) continue;
    if (confinedAssets === null || confinedAssets.has(id) || confinedNamespaces.has(table.member[row]!)) rows.add(row);
  }
  const byNamespace = new Map(namespaces.map(({ id, access }) => [member.ids.get(id), CLEARANCE[access]]));
  for (const id of confinedAssets ?? []) {
    const row = table.rows.get(id);
    if (row === undefined) continue;
    if (table.access[row]! <= Math.max(INTERNAL, byNamespace.get(table.member[row]!) ?? 0)) rows.add(row);
  }
  return rows.size === 0 ? null : rows;
}
