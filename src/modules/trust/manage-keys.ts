import type { Actor, SignedIn } from "../../core/actor.ts";
import { type Clock, instant } from "../../core/clock.ts";
import { conflict, forbidden, notFound, validationError } from "../../core/error.ts";
import { type Id, newId } from "../../core/id.ts";
import { requireScope } from "../../core/permission.ts";
import { decodePublicKey, fingerprintOf } from "../../core/signing/ed25519.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import { type Database, isUniqueViolation } from "../../platform/database/index.ts";
import type { Outbox } from "../../platform/events/outbox.ts";
import type { TransparencyLog } from "../../platform/transparency/transparency-log.ts";
import * as repository from "./repository.ts";
import type { SigningKey } from "./signing-key.ts";

export interface TrustDeps {
  database: Database;
  clock: Clock;
  outbox: Outbox;
  audit: AuditLog;
  transparency: TransparencyLog;
}

const MAX_KEYS = 50;

/** Throws for API keys: one that leaked must not be able to vouch for what it publishes, nor unsign what others install. */
function requirePerson(actor: Actor): asserts actor is SignedIn {
  requireScope(actor, "publish");
  if (actor.via === "api-key") throw forbidden("An API key may not change signing keys: sign in with your password.");
}

/** Registers a public key (raw Ed25519, base64) under the actor's name. FORBIDDEN for an API key. */
export async function addKey(
  deps: TrustDeps,
  actor: Actor,
  input: { name: string; publicKey: string },
): Promise<SigningKey> {
  requirePerson(actor);
  const bytes = decodePublicKey(input.publicKey);
  if (!bytes) throw validationError({ field: "public_key", message: "must be a raw Ed25519 public key in base64." });
  const name = input.name.trim();
  if (name === "" || name.length > 100)
    throw validationError({ field: "name", message: "must be 1 to 100 characters." });
  const key = {
    id: newId(),
    userId: actor.userId,
    fingerprint: fingerprintOf(bytes),
    publicKey: input.publicKey,
    name,
    createdAt: instant(deps.clock.now()),
    revokedAt: null,
    revokeReason: null,
  };
  try {
    await deps.database.write(async (tx) => {
      if ((await repository.keysOf(tx, actor.userId)).length >= MAX_KEYS)
        throw conflict(`You have ${MAX_KEYS} keys already, the most that one account may hold.`);
      await repository.insertKey(tx, key);
      await deps.audit.append(tx, {
        action: "signing_key.added",
        outcome: "success",
        actor,
        subject: { type: "signing-key", id: key.id, name: key.name },
        details: { fingerprint: key.fingerprint },
      });
      await deps.transparency.append(tx, {
        type: "key.added",
        assetId: null,
        userId: actor.userId,
        subject: key.id,
        facts: { username: actor.username, fingerprint: key.fingerprint, public_key: key.publicKey },
      });
      await deps.outbox.append(tx, {
        type: "user.signing_key.added",
        subjectId: actor.userId,
        actorId: actor.userId,
        payload: { fingerprint: key.fingerprint },
      });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw conflict(`The key ${key.fingerprint} is registered already.`);
    throw error;
  }
  deps.outbox.announce();
  return { ...key, username: actor.username };
}

/** Takes a key out of trust for good; what it signed counts as unsigned from now on. FORBIDDEN for an API key. */
export async function revokeKey(deps: TrustDeps, actor: Actor, id: Id, reason: string): Promise<void> {
  requirePerson(actor);
  await deps.database.write(async (tx) => {
    if (!(await repository.revokeKey(tx, actor.userId, id, reason.slice(0, 500), instant(deps.clock.now()))))
      throw notFound("signing key");
    const assets = await repository.assetsSignedBy(tx, id);
    const key = (await repository.keysOf(tx, actor.userId)).find((one) => one.id === id) as SigningKey;
    await deps.audit.append(tx, {
      action: "signing_key.revoked",
      outcome: "success",
      actor,
      subject: { type: "signing-key", id },
      details: { assets: assets.length },
    });
    await deps.transparency.append(tx, {
      type: "key.revoked",
      assetId: null,
      userId: actor.userId,
      subject: id,
      facts: { username: actor.username, fingerprint: key.fingerprint, public_key: key.publicKey },
    });
    await deps.outbox.append(
      tx,
      { type: "user.signing_key.revoked", subjectId: actor.userId, actorId: actor.userId, payload: { keyId: id } },
      ...assets.map((subjectId) => ({
        type: "asset.signature.revoked",
        subjectId,
        actorId: actor.userId,
        payload: { keyId: id },
      })),
    );
  });
  deps.outbox.announce();
}
