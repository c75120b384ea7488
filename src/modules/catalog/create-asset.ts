import type { Actor } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { type AppError, forbidden, validationError } from "../../core/error.ts";
import { newId } from "../../core/id.ts";
import { isKind, type Visibility } from "../../core/kind.ts";
import { requireSlug } from "../../core/name.ts";
import { mayCreateIn, namespacesOf, requireScope } from "../../core/permission.ts";
import { isUniqueViolation } from "../../platform/database/index.ts";
import type { Asset } from "./asset.ts";
import { auditSubject } from "./audit-asset.ts";
import type { AssetEdit } from "./change-asset.ts";
import { applyEdit, checkEdit } from "./change-asset.ts";
import type { CatalogDeps } from "./deps.ts";
import { placeTaken, settleNewAsset, visibilityFor } from "./place.ts";
import * as repository from "./repository.ts";

export interface NewDraft extends AssetEdit {
  slug: string;
  kind: string;
}

/** Makes an empty draft in a namespace that the actor may publish in. Throws DUPLICATE_ASSET when the name is or was taken. */
export async function createAsset(
  deps: CatalogDeps,
  actor: Actor,
  namespace: { id: string; name: string; hidden: boolean },
  draft: NewDraft,
): Promise<Asset> {
  requireScope(actor, "publish");
  if (!mayCreateIn(actor, namespace.id, draft.slug))
    throw namespace.hidden && !namespacesOf(actor, "read").includes(namespace.id)
      ? noSuchNamespace(namespace.name)
      : forbidden(`You may not publish in the namespace ${namespace.name}.`);
  const { slug: wanted, kind, ...edit } = draft;
  const slug = requireSlug("slug", wanted);
  if (!isKind(kind)) throw validationError({ field: "type", message: `"${kind}" is not a kind of asset.` });
  checkEdit(edit);
  const id = newId();
  const at = instant(deps.clock.now());
  try {
    return await deps.database.write(async (tx) => {
      const audience = await repository.audienceOf(tx, deps.database.engine, namespace.id);
      await repository.insertAsset(tx, {
        id,
        namespaceId: namespace.id,
        slug,
        kind,
        title: slug,
        description: "",
        license: null,
        homepage: null,
        repository: null,
        visibility: visibilityFor(edit.visibility as Visibility | undefined, audience),
        publishRequested: false,
        createdBy: actor.userId,
        at,
      });
      await applyEdit(tx, id, edit, at);
      const asset = (await repository.assetById(tx, id)) as Asset;
      await settleNewAsset(tx, actor, asset, at);
      const { visibility } = asset;
      const subject = auditSubject(asset);
      await deps.audit.append(tx, {
        action: "asset.created",
        outcome: "success",
        actor,
        subject,
        details: { visibility },
      });
      await deps.outbox.append(tx, { type: "asset.created", subjectId: id, actorId: actor.userId, payload: {} });
      return asset;
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw placeTaken({ namespace: namespace.name, slug });
    throw error;
  } finally {
    deps.outbox.announce();
  }
}

/** The same for a namespace that the actor may not know of. */
export const noSuchNamespace = (name: string): AppError =>
  validationError({ field: "namespace", message: `there is no namespace "${name.slice(0, 80)}".` });
