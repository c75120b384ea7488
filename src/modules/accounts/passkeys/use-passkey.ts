import { ANONYMOUS } from "../../../core/actor.ts";
import { instant } from "../../../core/clock.ts";
import type { Id } from "../../../core/id.ts";
import { findUser } from "../repository.ts";
import type { User } from "../user.ts";
import type { Passkey, RelyingParty } from "./passkey.ts";
import { CHALLENGE_MS, type PasskeyDeps, passkeyRefused } from "./passkeys.ts";
import * as repository from "./repository.ts";
import { assertionOptions, type BrowserAnswer, challengeIn, verifyAssertion } from "./webauthn.ts";

/**
 * What a passkey is to prove: who somebody is, alone (its device must have checked its person, by PIN or finger); that the
 * person whose password was right is there; or that the person who is signed in is.
 */
export type PasskeyUse = { for: "sign-in" } | { for: "second-factor" | "sudo"; userId: Id };

/** Proving who one is with a passkey. */
export interface PasskeyProof {
  /** What `navigator.credentials.get` is given; its challenge works once, for five minutes, and for this use alone. */
  options(site: RelyingParty, use: PasskeyUse): Promise<object>;
  /** Whose passkey answered. Throws UNAUTHORIZED when anything about the answer does not hold. */
  check(site: RelyingParty, use: PasskeyUse, answer: BrowserAnswer): Promise<User>;
}

export function createPasskeyProof(deps: PasskeyDeps): PasskeyProof {
  const { database, oneTime } = deps;
  return {
    async options(site, use) {
      const userId = use.for === "sign-in" ? null : use.userId;
      // A list of somebody's passkeys is told to nobody but who gave the password.
      const allowed = userId === null ? [] : await repository.listPasskeys(database.read, userId);
      const token = { purpose: "passkey-sign-in", userId, payload: use.for, lifetimeMs: CHALLENGE_MS } as const;
      const challenge = await database.write((tx) => oneTime.issue(tx, token));
      return assertionOptions(site, challenge, allowed, verification(use));
    },
    async check(site, use, answer) {
      const challenge = challengeIn(answer);
      const token = await database.write((tx) => oneTime.take<PasskeyUse["for"]>(tx, "passkey-sign-in", challenge));
      const passkey = await repository.findPasskey(database.read, String(answer["id"] ?? "").slice(0, 2048));
      const mine = use.for === "sign-in" || (passkey?.userId === use.userId && token?.userId === use.userId);
      if (!token || !passkey || !mine || token.payload !== use.for) throw passkeyRefused();
      const proved = await verifyAssertion(site, challenge, answer, passkey);
      if (!proved || !sameHandle(answer, passkey)) throw passkeyRefused();
      if (verification(use) === "required" && !proved.userVerified) throw passkeyRefused();
      const at = instant(deps.clock.now());
      const counted = await database.write((tx) => repository.usePasskey(tx, passkey.id, { ...proved, at }));
      if (!counted) {
        await noteClone(deps, passkey);
        throw passkeyRefused();
      }
      const user = await findUser(database.read, { id: passkey.userId });
      if (user?.status !== "active") throw passkeyRefused();
      return user;
    },
  };
}

const verification = (use: PasskeyUse) => (use.for === "second-factor" ? "preferred" : "required");

/** A passkey that the browser found by itself says whose it is; that must be the one it was registered for. */
function sameHandle(answer: BrowserAnswer, passkey: Passkey): boolean {
  const { userHandle } = answer["response"] as { userHandle?: unknown };
  return !userHandle || userHandle === Buffer.from(passkey.userId).toString("base64url");
}

const noteClone = ({ audit }: PasskeyDeps, passkey: Passkey): Promise<void> =>
  audit.record({
    action: "passkey.refused",
    outcome: "denied",
    actor: ANONYMOUS,
    subject: { type: "passkey", id: passkey.id },
    details: { reason: "its counter did not grow: there may be a copy", user: passkey.userId },
  });
