import type { SignedIn } from "../../core/actor.ts";
import { AppError, type FieldProblem, validationError } from "../../core/error.ts";
import type { Visibility } from "../../core/kind.ts";
import { rightOn } from "../../core/permission.ts";
import type { Database, Queries } from "../../platform/database/index.ts";
import { type Asset, factsOf } from "./asset.ts";
import * as repository from "./repository.ts";

/** The widest audience that an asset of a private organization may have. */
const INSIDE: readonly Visibility[] = ["organization", "private"];

/** What an asset becomes whose visibility its namespace does not allow: narrower, never wider. */
export function narrowed(visibility: Visibility, audience: repository.Audience): Visibility {
  if (audience.hidden && !INSIDE.includes(visibility)) return "organization";
  // In a person's namespace there is no organization to show it to.
  return audience.kind === "user" && visibility === "organization" ? "private" : visibility;
}

/** The visibility of a new asset: the one asked for, else the widest that its namespace allows. Throws VALIDATION_ERROR. */
export function visibilityFor(wanted: Visibility | null | undefined, audience: repository.Audience): Visibility {
  if (wanted && audience.hidden && !INSIDE.includes(wanted)) throw validationError(notInside(wanted));
  return wanted ?? (audience.hidden ? "organization" : "public");
}

const notInside = (wanted: Visibility): FieldProblem => ({
  field: "visibility",
  message: `cannot be ${wanted}: the organization is private, so its assets are for the organization or private.`,
});

/** Throws VALIDATION_ERROR when the asset's namespace does not allow the visibility. */
export async function requireVisibility(
  tx: Queries,
  database: Database,
  asset: Asset,
  visibility: Visibility,
): Promise<void> {
  visibilityFor(visibility, await repository.audienceOf(tx, database.engine, asset.namespaceId));
}

/**
 * Finishes the making of an asset, in its transaction: the place must never have been another's (DUPLICATE_ASSET), and whoever
 * made it keeps a right on it, also on a private one of an organization that they are a plain member of.
 */
export async function settleNewAsset(tx: Queries, actor: SignedIn, asset: Asset, at: string): Promise<void> {
  if (await repository.isFormerPlace(tx, asset.namespaceId, asset.slug, asset.id)) throw placeTaken(asset);
  // What the person may counts, not what the key that they used may.
  if (rightOn({ ...actor, confinement: null }, factsOf(asset)) === null)
    await repository.addFounder(tx, asset.id, actor.userId, at);
}

export const placeTaken = ({ namespace, slug }: { namespace: string; slug: string }): AppError =>
  new AppError("DUPLICATE_ASSET", `${namespace}/${slug} is or was an asset already. Choose another name.`);
