import type { Confinement, Role, SignedIn } from "../../../core/actor.ts";
import type { Id } from "../../../core/id.ts";
import { type AssetFacts, mayAsset, mayCreateIn } from "../../../core/permission.ts";
import type { Queries } from "../../../platform/database/index.ts";
import { accessOf } from "../access-read-model.ts";
import { actorOf } from "../actor-of.ts";
import { assetAt, assetsById } from "../key-restriction-read-model.ts";
import type { User } from "../user.ts";

/** No namespace and no organization has it. */
const NONE: Id = "00000000-0000-7000-8000-000000000000";

/**
 * Who a CI job acts as: its person, with the right to write to the one asset, or to make it, and nothing else; no role of
 * theirs, no other asset, no settings. Null when the person may not (any more) publish it themselves.
 */
export async function publisherActor(
  q: Queries,
  user: User,
  target: Confinement,
  options: { needTwoFactor: readonly Role[]; provenance?: Readonly<Record<string, unknown>> | null },
): Promise<SignedIn | null> {
  const access = await accessOf(q, user.id);
  const facts = {
    via: "api-key",
    scopes: ["publish"],
    twoFactor: access.hasSecondFactor,
    authenticatedAt: null,
  } as const;
  const person = actorOf(user, access, facts, options.needTwoFactor);
  const job: SignedIn = { ...person, role: "user", namespaceId: NONE, memberships: [], assetAccess: new Map() };
  job.provenance = options.provenance ?? null;
  const asset = await targetAsset(q, target);
  if (asset) {
    if (!mayAsset(person, "publish", asset)) return null;
    const confinement = { namespaceIds: [], assetIds: [asset.id], slug: null };
    return { ...job, assetAccess: new Map([[asset.id, "write"]]), confinement };
  }
  const { slug } = target;
  if (slug === null || !mayCreateIn(person, slug.namespaceId, slug.slug)) return null;
  const { namespaceId } = slug;
  const memberships = [{ organizationId: NONE, namespaceId, role: "member" as const }];
  return { ...job, memberships, confinement: { namespaceIds: [], assetIds: [], slug } };
}

/** The asset, though it may have been made only after the key was. */
async function targetAsset(q: Queries, { assetIds, slug }: Confinement): Promise<AssetFacts | null> {
  const [id] = assetIds;
  if (id !== undefined) return (await assetsById(q, [id])).get(id) ?? null;
  return slug === null ? null : assetAt(q, slug.namespaceId, slug.slug);
}
