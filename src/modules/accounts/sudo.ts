import type { Actor, SignedIn } from "../../core/actor.ts";
import { type AppError, forbidden, unauthorized, validationError } from "../../core/error.ts";
import type { AuditLog } from "../../platform/audit/audit-log.ts";
import type { RelyingParty } from "./passkeys/passkey.ts";
import type { PasskeyProof } from "./passkeys/use-passkey.ts";
import type { BrowserAnswer } from "./passkeys/webauthn.ts";
import { findCredentials } from "./repository.ts";
import { checkPassword, type SignInDeps } from "./sign-in.ts";
import type { SecondFactor, SecondFactorMethod } from "./two-factor/second-factor.ts";
import { requirePerson } from "./user.ts";

/** What somebody who is signed in proves anew who they are with. */
export type SudoProof = { password: string } | { code: string } | { site: RelyingParty; answer: BrowserAnswer };

/** Proving again who one is, for what is dangerous (`requireRecent`). */
export interface Sudo {
  /** What this person can prove it with. A password alone does not do where there is more and the sign-in was without. */
  ways(actor: Actor): Promise<{ hasPassword: boolean; methods: SecondFactorMethod[] }>;
  /**
   * Throws VALIDATION_ERROR for a wrong password or code and UNAUTHORIZED for a passkey that does not hold. The caller then gives
   * the person a new session secret or new tokens. Answers whether a second factor was among what is proved by now.
   */
  prove(actor: Actor, proof: SudoProof): Promise<{ twoFactor: boolean }>;
}

export function createSudo(deps: {
  signIn: SignInDeps;
  secondFactor: SecondFactor;
  passkeyProof: PasskeyProof;
  audit: AuditLog;
}): Sudo {
  const ways = async (actor: SignedIn) => {
    const methods = await deps.secondFactor.methods(actor.userId);
    const found = await findCredentials(deps.signIn.database.read, actor.username);
    const known = !!found?.passwordHash || ((await deps.signIn.ldap?.knows(actor.userId)) ?? false);
    return { hasPassword: known && (actor.twoFactor || methods.length === 0), methods };
  };
  return {
    async ways(actor) {
      requirePerson(actor);
      return ways(actor);
    },
    async prove(actor, proof) {
      requirePerson(actor);
      if ("password" in proof && !(await ways(actor)).hasPassword)
        throw validationError({ field: "password", message: "is not enough: give a code of your second factor." });
      const used = await check(deps, actor, proof);
      await deps.audit.record({
        action: "session.elevated",
        outcome: "success",
        actor,
        subject: { type: "user", id: actor.userId, name: actor.username },
        details: { method: used },
      });
      return { twoFactor: actor.twoFactor || (used !== "password" && used !== "ldap") };
    },
  };
}

async function check(deps: Parameters<typeof createSudo>[0], actor: SignedIn, proof: SudoProof) {
  if ("password" in proof) return checkOwnPassword(deps.signIn, actor, proof.password);
  if ("code" in proof) {
    const method = await deps.secondFactor.prove(actor.userId, proof.code);
    if (method === null)
      throw validationError({ field: "code", message: "is wrong, or was used before. Wait for the next one." });
    return method;
  }
  const user = await deps.passkeyProof.check(proof.site, { for: "sudo", userId: actor.userId }, proof.answer);
  if (user.id !== actor.userId) throw forbidden();
  return "passkey";
}

/** This server's own password first: it does when the directory is down. */
async function checkOwnPassword(deps: SignInDeps, actor: SignedIn, password: string): Promise<"password" | "ldap"> {
  const found = await findCredentials(deps.database.read, actor.username);
  const problem = found?.passwordHash
    ? await checkPassword(deps, actor.username, password).then(
        () => null,
        (error: AppError) => error,
      )
    : unauthorized();
  if (problem === null) return "password";
  const mayBeElsewhere = problem.code === "UNAUTHORIZED" || problem.code === "FORBIDDEN";
  if (mayBeElsewhere && (await deps.ldap?.proves(actor.userId, password))) return "ldap";
  throw problem.code === "UNAUTHORIZED" ? validationError({ field: "password", message: "is wrong." }) : problem;
}
