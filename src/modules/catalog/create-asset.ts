import type { Actor } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { AppError, forbidden, validationError } from "../../core/error.ts";
import { newId } from "../../core/id.ts";
import { isKind } from "../../core/kind.ts";
import { requireSlug } from "../../core/name.ts";
import { mayCreateIn, requireScope } from "../../core/permission.ts";
import { isUniqueViolation } from "../../platform/database/index.ts";
import type { Asset } from "./asset.ts";
import { auditSubject } from "./audit-asset.ts";
import type { AssetEdit } from "./change-asset.ts";
import { applyEdit, checkEdit } from "./change-asset.ts";
import type { CatalogDeps } from "./deps.ts";
import * as repository from "./repository.ts";

export interface NewDraft extends AssetEdit {
  slug: string;
  kind: string;
}

/** Makes an empty draft in a namespace that the actor may publish in. Throws DUPLICATE_ASSET when the name is or was taken. */
export async function createAsset(
  deps: CatalogDeps,
  actor: Actor,
  namespace: { id: string; name: string },
  draft: NewDraft,
): Promise<Asset> {
  requireScope(actor, "publish");
  if (!mayCreateIn(actor, namespace.id, draft.slug))
    throw forbidden(`You may not publish in the namespace ${namespace.name}.`);
  const { slug: wanted, kind, ...edit } = draft;
  const slug = requireSlug("slug", wanted);
  if (!isKind(kind)) throw validationError({ field: "type", message: `"${kind}" is not a kind of asset.` });
  checkEdit(edit);
  const id = newId();
  const at = instant(deps.clock.now());
  try {
    return await deps.database.write(async (tx) => {
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
        visibility: "public",
        publishRequested: false,
        createdBy: actor.userId,
        at,
      });
      await applyEdit(tx, id, edit, at);
      const asset = (await repository.assetById(tx, id)) as Asset;
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
    if (isUniqueViolation(error))
      throw new AppError(
        "DUPLICATE_ASSET",
        `${namespace.name}/${slug} is or was an asset already. Choose another name.`,
      );
    throw error;
  } finally {
    deps.outbox.announce();
  }
}
