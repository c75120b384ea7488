import type { Actor } from "../../core/actor.ts";
import { type Capability, compareCapabilities } from "../../core/capability.ts";
import { conflict } from "../../core/error.ts";
import type { CatalogModule, Version } from "../catalog/index.ts";
import { type ComparableVersion, comparedWith } from "./capabilities.ts";

/** What a version can do, beside another version of the same asset. */
export interface ComparedCapabilities {
  capabilities: Capability[];
  /** The other version's number; null when there is none to compare with. */
  compared: string | null;
  gained: Capability[];
  lost: Capability[];
}

/**
 * Compares a version with another that the actor may read; without a wish, with the one that policy compares it with. Throws
 * VERSION_NOT_FOUND, and CONFLICT as long as one of them was not scanned.
 */
export async function compareVersionCapabilities(
  catalog: CatalogModule,
  actor: Actor,
  ref: string,
  selector: string,
  other: string | null,
): Promise<ComparedCapabilities> {
  const { asset, version } = await catalog.findVersion(actor, ref, selector);
  const before =
    other === null
      ? comparedWith(version, await catalog.listVersions(actor, asset))
      : (await catalog.findVersion(actor, ref, other)).version;
  const capabilities = await scanned(catalog, version);
  if (before === null) return { capabilities, compared: null, gained: [], lost: [] };
  const old = await scanned(catalog, before);
  return { capabilities, compared: before.version, ...compareCapabilities(old, capabilities) };
}

async function scanned(catalog: CatalogModule, version: Version): Promise<Capability[]> {
  const facts = await catalog.capabilitiesOf(version.id);
  if (facts === null)
    throw conflict(
      `Version ${version.version} has not been scanned for what it can do; ask again when its scan is done.`,
    );
  return facts;
}

/** For pages: null where no scan has looked yet; `gained` is empty then for what cannot be compared. */
export interface ShownCapabilities {
  facts: Capability[];
  since: string | null;
  gained: Capability[];
  lost: Capability[];
}

/** What a version that was found already can do, beside the one of `versions` that policy compares it with. */
export async function capabilitiesSince(
  catalog: Pick<CatalogModule, "capabilitiesOf">,
  versions: readonly ComparableVersion[],
  version: ComparableVersion,
): Promise<ShownCapabilities | null> {
  const facts = await catalog.capabilitiesOf(version.id);
  if (facts === null) return null;
  const before = comparedWith(version, versions);
  const old = before && (await catalog.capabilitiesOf(before.id));
  if (!before || old === null) return { facts, since: null, gained: [], lost: [] };
  return { facts, since: before.version, ...compareCapabilities(old, facts) };
}
