import type { Confinement, SignedIn } from "../../core/actor.ts";
import { type FieldProblem, validationError } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { mayAsset, namespacesOf, rightOn } from "../../core/permission.ts";
import type { Queries } from "../../platform/database/index.ts";
import type { ApiKey } from "./api-key.ts";
import * as readModel from "./key-restriction-read-model.ts";

/** What a key is to be confined to, by name; null or left out: nothing of that sort was named. */
export interface KeyRestriction {
  namespaces?: readonly string[] | null;
  /** `namespace/slug`. */
  assets?: readonly string[] | null;
}

const MAX_NAMES = 100;

/**
 * The ids behind the names; null when nothing was named. Throws VALIDATION_ERROR for a name on which the actor has no right:
 * the same for one that does not exist.
 */
export async function confinementOf(q: Queries, actor: SignedIn, given: KeyRestriction): Promise<Confinement | null> {
  const { namespaces, assets } = given;
  if (!namespaces && !assets) return null;
  const names = [...new Set(namespaces ?? [])];
  const refs = [...new Set(assets ?? [])];
  if (names.length + refs.length === 0)
    throw validationError({ field: "namespaces", message: "name at least one namespace or asset, or leave both out." });
  if (names.length > MAX_NAMES || refs.length > MAX_NAMES)
    throw validationError({ field: "namespaces", message: `name at most ${MAX_NAMES} of each.` });
  const problems: FieldProblem[] = [];
  // A confined key carries no role of the site, so an administrator's does not count here either.
  const bearer: SignedIn = { ...actor, role: "user" };
  const mine = new Set(namespacesOf(bearer, "read"));
  const namespaceIds: Id[] = [];
  for (const name of names) {
    const id = (await readModel.namespaceNamed(q, name))?.id;
    if (id !== undefined && mine.has(id)) namespaceIds.push(id);
    else
      problems.push({
        field: "namespaces",
        message: `"${name.slice(0, 100)}" is no namespace that you have a right in.`,
      });
  }
  const assetIds: Id[] = [];
  for (const ref of refs) {
    const [namespace = "", slug = "", ...rest] = ref.split("/");
    const asset = rest.length === 0 ? await readModel.assetNamed(q, namespace, slug) : null;
    if (asset && !asset.deleted && rightOn(bearer, asset) !== null) assetIds.push(asset.id);
    else problems.push({ field: "assets", message: `"${ref.slice(0, 200)}" is no asset that you have a right on.` });
  }
  if (problems.length > 0) throw validationError(...problems);
  return { namespaceIds, assetIds, slug: null };
}

/** The names behind a key's confinement, as far as the reader may (still) see them. */
export interface ConfinementNames {
  namespaces: string[];
  assets: string[];
}

/** For each key what it is confined to; null where it is not. */
export async function confinementNames(
  q: Queries,
  actor: SignedIn,
  keys: readonly ApiKey[],
): Promise<(ConfinementNames | null)[]> {
  const confinements = keys.map((key) => key.confinement).filter((confinement) => confinement !== null);
  const planned = confinements.map(({ slug }) => slug?.namespaceId).filter((id) => id !== undefined);
  const namespaces = await readModel.namespacesById(q, [...confinements.flatMap((c) => c.namespaceIds), ...planned]);
  const assets = await readModel.assetsById(
    q,
    confinements.flatMap((c) => c.assetIds),
  );
  const mine = new Set(namespacesOf(actor, "read", { confined: false }));
  const nameOf = (id: Id): string[] => {
    const namespace = namespaces.get(id);
    return namespace && (!namespace.hidden || mine.has(id)) ? [namespace.name] : [];
  };
  return keys.map(({ confinement }) => {
    if (confinement === null) return null;
    const readable = confinement.assetIds.map((id) => assets.get(id)).filter((asset) => asset !== undefined);
    const slug = confinement.slug;
    return {
      namespaces: confinement.namespaceIds.flatMap(nameOf),
      assets: [
        ...readable.filter((asset) => mayAsset(actor, "read", asset)).map(({ name }) => name),
        ...(slug ? nameOf(slug.namespaceId).map((name) => `${name}/${slug.slug}`) : []),
      ],
    };
  });
}
