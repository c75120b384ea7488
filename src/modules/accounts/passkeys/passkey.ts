import type { Instant } from "../../../core/clock.ts";
import { type FieldProblem, validationError } from "../../../core/error.ts";
import type { Id } from "../../../core/id.ts";

/** A WebAuthn credential of a person: a security key, or what a telephone or password manager keeps. */
export interface Passkey {
  id: Id;
  userId: Id;
  /** base64url, as the browser gives it. */
  credentialId: string;
  /** COSE, base64url. */
  publicKey: string;
  /** How often the authenticator says it was used; 0 for one that does not count. */
  counter: number;
  transports: string[];
  name: string;
  /** Synchronised between the person's devices. */
  backedUp: boolean;
  createdAt: Instant;
  lastUsedAt: Instant | null;
}

/** So many are enough for anybody, and few enough for a browser to be told them all. */
export const MAX_PASSKEYS = 20;
const MAX_PASSKEY_NAME = 60;

/** The name without blanks around it; throws VALIDATION_ERROR. */
export function requirePasskeyName(name: string): string {
  const trimmed = name.trim();
  const problem: FieldProblem = { field: "name", message: `use 1 to ${MAX_PASSKEY_NAME} characters.` };
  if (
    trimmed === "" ||
    trimmed.length > MAX_PASSKEY_NAME ||
    /[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/.test(trimmed)
  )
    throw validationError(problem);
  return trimmed;
}

/** Who a passkey is for, as browsers know it (WebAuthn 5.1.2): `id` is the host name, `origin` scheme, host and port. */
export interface RelyingParty {
  id: string;
  origin: string;
  name: string;
}

const IP_ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[.*\])$/;

/**
 * The relying party of a server that is reached at `baseUrl`. Null where browsers offer no passkeys: at a bare address, and
 * without https but on localhost.
 */
export function relyingParty(baseUrl: string, name: string): RelyingParty | null {
  const { hostname, origin, protocol } = new URL(baseUrl);
  const local = hostname === "localhost" || hostname.endsWith(".localhost");
  if (IP_ADDRESS.test(hostname) || (protocol !== "https:" && !local)) return null;
  return { id: hostname, origin, name };
}
