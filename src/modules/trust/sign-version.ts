import type { Actor, SignedIn } from "../../core/actor.ts";
import { instant } from "../../core/clock.ts";
import { forbidden, validationError } from "../../core/error.ts";
import type { Id } from "../../core/id.ts";
import { mayAsset, requireScope } from "../../core/permission.ts";
import { parseEnvelope } from "../../core/signing/dsse.ts";
import { checkPublication, type SignedSubject } from "../../core/signing/statement.ts";
import type { Queries } from "../../platform/database/index.ts";
import { auditSubject, type CatalogModule, factsOf, refOf } from "../catalog/index.ts";
import type { TrustDeps } from "./manage-keys.ts";
import * as repository from "./repository.ts";

/** A signature that holds, and whose key is the actor's and not revoked. */
export interface VerifiedSignature {
  signingKeyId: Id;
  envelope: string;
}

const refused = (why: string) => validationError({ field: "signature", message: `The signature is refused: ${why}.` });

/** Throws VALIDATION_ERROR unless the envelope binds exactly this subject by a registered, unrevoked key of the actor's. */
export async function verifySignature(
  deps: TrustDeps,
  actor: SignedIn,
  envelopeText: string,
  subject: SignedSubject,
): Promise<VerifiedSignature> {
  const keyid = parseEnvelope(envelopeText)?.signatures[0]?.keyid;
  if (keyid === undefined) throw refused("it is not a DSSE envelope with one signature");
  const key = await repository.keyByFingerprint(deps.database.read, actor.userId, keyid);
  if (!key)
    throw refused(`the key ${keyid.slice(0, 60)} is not registered for ${actor.username}; run "marketplace keys add"`);
  if (key.revokedAt !== null) throw refused(`the key ${key.fingerprint} is revoked`);
  const problem = await checkPublication(envelopeText, Buffer.from(key.publicKey, "base64"), subject);
  if (problem) throw refused(problem);
  return { signingKeyId: key.id, envelope: envelopeText };
}

export const insertSignature = (tx: Queries, deps: TrustDeps, versionId: Id, signature: VerifiedSignature) =>
  repository.insertSignature(tx, { versionId, ...signature, at: instant(deps.clock.now()) });

/** Adds a signature to a version that is published already. */
export async function signVersion(
  deps: TrustDeps & { catalog: CatalogModule },
  actor: Actor,
  ref: string,
  selector: string,
  envelope: string,
): Promise<void> {
  requireScope(actor, "publish");
  const { asset, version } = await deps.catalog.findVersion(actor, ref, selector);
  if (!mayAsset(actor, "publish", factsOf(asset))) throw forbidden(`You may not sign for ${refOf(asset)}.`);
  const subject = { ref: refOf(asset), version: version.version, digest: version.digest };
  const signature = await verifySignature(deps, actor, envelope, subject);
  await deps.database.write(async (tx) => {
    await insertSignature(tx, deps, version.id, signature);
    await deps.audit.append(tx, {
      action: "asset.version.signed",
      outcome: "success",
      actor,
      subject: auditSubject(asset),
      details: { versionId: version.id, version: version.version, signingKeyId: signature.signingKeyId },
    });
    await deps.outbox.append(tx, {
      type: "asset.version.signed",
      subjectId: asset.id,
      actorId: actor.userId,
      payload: { versionId: version.id, version: version.version },
    });
  });
  deps.outbox.announce();
}
