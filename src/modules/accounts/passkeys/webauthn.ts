import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";
import type { Id } from "../../../core/id.ts";
import type { Passkey, RelyingParty } from "./passkey.ts";

const library = () => import("./webauthn-library.ts");

/** Milliseconds that a browser waits for its person. */
const PATIENCE_MS = 5 * 60_000;

/** What a browser answers, as it was sent; nothing in it is believed before it is verified. */
export type BrowserAnswer = Record<string, unknown>;

/** The bytes of a challenge; it is a one-time token's secret, whose base64url the browser signs. */
const bytesOf = (challenge: string) => new Uint8Array(Buffer.from(challenge, "base64url"));

/** The challenge that a browser says it signed; "" when it says none. */
export function challengeIn(answer: BrowserAnswer): string {
  return String(clientDataIn(answer)["challenge"] ?? "");
}

function clientDataIn(answer: BrowserAnswer): Record<string, unknown> {
  const { response } = answer as { response?: { clientDataJSON?: unknown } };
  try {
    const text = Buffer.from(String(response?.clientDataJSON ?? ""), "base64url").toString("utf8");
    const data: unknown = JSON.parse(text);
    return typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** What the browser is told to make a passkey. */
export const registrationOptions = async (
  site: RelyingParty,
  person: { id: Id; username: string; displayName: string },
  challenge: string,
  existing: readonly Passkey[],
) =>
  (await library()).generateRegistrationOptions({
    rpID: site.id,
    rpName: site.name,
    userID: new Uint8Array(Buffer.from(person.id)),
    userName: person.username,
    userDisplayName: person.displayName,
    challenge: bytesOf(challenge),
    timeout: PATIENCE_MS,
    attestationType: "none",
    excludeCredentials: existing.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
    authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
  });

/** What the browser is told to use a passkey: one of `allowed`, or any that it keeps for this site when there is none. */
export const assertionOptions = async (
  site: RelyingParty,
  challenge: string,
  allowed: readonly Passkey[],
  userVerification: "required" | "preferred",
) =>
  (await library()).generateAuthenticationOptions({
    rpID: site.id,
    challenge: bytesOf(challenge),
    timeout: PATIENCE_MS,
    userVerification,
    allowCredentials: allowed.map(({ credentialId, transports }) => ({ id: credentialId, transports })),
  });

/** The new credential; null when anything about the answer does not hold (WebAuthn 7.1). */
export async function verifyRegistration(site: RelyingParty, challenge: string, answer: BrowserAnswer) {
  if (clientDataIn(answer)["crossOrigin"] === true) return null;
  const { verifyRegistrationResponse } = await library();
  const verified = await verifyRegistrationResponse({
    response: answer as unknown as RegistrationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.id,
    requireUserVerification: false,
  }).catch(() => null);
  if (!verified?.verified) return null;
  const { credential, credentialBackedUp } = verified.registrationInfo;
  return {
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey).toString("base64url"),
    counter: credential.counter,
    transports: (credential.transports ?? []).filter((name) => typeof name === "string").slice(0, 10),
    backedUp: credentialBackedUp,
  };
}

/**
 * What the passkey proved; null when anything about the answer does not hold (WebAuthn 7.2), the counter aside: the caller
 * compares that where it is kept, because only an answer whose signature holds tells of a clone.
 */
export async function verifyAssertion(
  site: RelyingParty,
  challenge: string,
  answer: BrowserAnswer,
  passkey: Passkey,
): Promise<{ counter: number; userVerified: boolean; backedUp: boolean } | null> {
  // The library lets an answer out of a foreign page's frame pass when the browser does not name that page.
  if (clientDataIn(answer)["crossOrigin"] === true) return null;
  const { verifyAuthenticationResponse } = await library();
  const verified = await verifyAuthenticationResponse({
    response: answer as unknown as AuthenticationResponseJSON,
    expectedChallenge: challenge,
    expectedOrigin: site.origin,
    expectedRPID: site.id,
    requireUserVerification: false,
    credential: {
      id: passkey.credentialId,
      publicKey: new Uint8Array(Buffer.from(passkey.publicKey, "base64url")),
      counter: 0,
    },
  }).catch(() => null);
  if (!verified?.verified) return null;
  const { newCounter, userVerified, credentialBackedUp } = verified.authenticationInfo;
  return { counter: newCounter, userVerified, backedUp: credentialBackedUp };
}
