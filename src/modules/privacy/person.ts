import type { Actor, SignedIn } from "../../core/actor.ts";
import { forbidden, unauthorized } from "../../core/error.ts";

/** Throws unless a person asks about themselves (session or access token): a leaked API key must not read or end an account. */
export function requireOwner(actor: Actor): asserts actor is SignedIn {
  if (actor.kind === "anonymous") throw unauthorized();
  if (actor.via === "api-key") throw forbidden("An API key may not do this: sign in.");
}
