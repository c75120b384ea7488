import type { Digest } from "../../core/digest.ts";
import { decodePublicKey, fingerprintOf } from "../../core/signing/ed25519.ts";
import { checkPublication } from "../../core/signing/statement.ts";
import { visible } from "../visible-text.ts";
import type { SignatureWire } from "../wire.ts";
import { distrusted } from "./failure.ts";

export interface TrustQuestion {
  ref: string;
  version: string;
  digest: Digest;
  signatures: readonly SignatureWire[];
  /** Keys that were seen before: pins, and what the lockfile says. Empty: first use. */
  pinned: readonly string[];
  /** Of `--accept-key`: a fingerprint, or `none` for a version that is not signed any more. */
  accept: string | null;
}

/** What is to be remembered: nothing, another key beside, or one key instead of all earlier ones (null: no key at all). */
export type TrustAnswer =
  | { signature: string | null; pin: "keep" }
  | { signature: string; pin: "add" | "instead" }
  | { signature: null; pin: "forget" };

/**
 * Trust on first use: the key that signs the first version seen is the one that must sign every later one. Throws CONFLICT,
 * saying which key was expected, which came, and what to do, for another key, a vanished or a false signature, and when
 * nothing but revoked keys vouch for the version.
 */
export async function trustSignature(question: TrustQuestion): Promise<TrustAnswer> {
  const { ref, version, signatures, pinned, accept } = question;
  const valid = await validKeys(question);
  const name = `${ref}@${version}`;
  const known = valid.find((key) => pinned.includes(key));
  if (known) return { signature: known, pin: "keep" };
  const revoked = signatures.filter((signature) => signature.revoked_at !== null);
  if (valid.length === 0 && revoked.length > 0)
    throw distrusted(name, `${revokedText(revoked)} Install another version, or ask its publisher to sign it again.`);
  if (pinned.length === 0) return firstUse(valid, accept);
  if (valid.length === 0) {
    if (accept === "none") return { signature: null, pin: "forget" };
    throw distrusted(
      name,
      `it is not signed, but earlier versions were, by ${pinned.join(" or ")}. That may be somebody else publishing in its name. ` +
        `Ask its publisher; if that is as it should be, run this again with --accept-key none.`,
    );
  }
  const accepted = valid.find((key) => key === accept);
  if (accepted) return { signature: accepted, pin: "instead" };
  const hint = revoked.some((signature) => pinned.includes(signature.fingerprint)) ? " (revoked since)" : "";
  throw distrusted(
    name,
    `its key changed. Until now it was signed by ${pinned.join(" or ")}${hint}, now by ${signersText(valid, signatures)}. ` +
      `That may be somebody else publishing in its name. Ask its publisher for the new fingerprint; if it is this one, run ` +
      `this again with --accept-key ${valid[0]}.`,
  );
}

function firstUse(valid: readonly string[], accept: string | null): TrustAnswer {
  const key = valid.find((candidate) => candidate === accept) ?? valid[0];
  return key === undefined ? { signature: null, pin: "keep" } : { signature: key, pin: "add" };
}

/** Fingerprints of unrevoked keys whose signature holds; one that does not hold is no oversight and refuses the version. */
async function validKeys({ ref, version, digest, signatures }: TrustQuestion): Promise<string[]> {
  const keys: string[] = [];
  for (const signature of signatures) {
    if (signature.revoked_at !== null) continue;
    const key = decodePublicKey(signature.public_key);
    const problem = key
      ? await checkPublication(JSON.stringify(signature.envelope), key, { ref, version, digest })
      : "its key is no Ed25519 key";
    if (problem !== null)
      throw distrusted(
        `${ref}@${version}`,
        `its signature does not hold: ${visible(problem)}. Tell the server's administrator.`,
      );
    keys.push(fingerprintOf(key!));
  }
  return keys;
}

const revokedText = (revoked: readonly SignatureWire[]): string =>
  `the key that signed it, ${visible(revoked[0]!.fingerprint)}, was revoked on ${visible(revoked[0]!.revoked_at!).slice(0, 10)}.`;

function signersText(valid: readonly string[], signatures: readonly SignatureWire[]): string {
  return valid
    .map((key) => {
      const signature = signatures.find(({ fingerprint }) => fingerprint === key);
      return signature ? `${key} (${visible(signature.signer)}, "${visible(signature.key_name)}")` : key;
    })
    .join(" or ");
}
