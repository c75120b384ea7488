import type { Digest } from "../../core/digest.ts";
import { decodePublicKey, fingerprintOf } from "../../core/signing/ed25519.ts";
import { checkPublication, signedName } from "../../core/signing/statement.ts";
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
  /**
   * Names that the server says the asset had: a signature for one of them counts. Leave it out where the server could pass
   * something else off as the asset, because neither the digest nor a first use fixes what it is.
   */
  formerRefs?: readonly string[];
  /** Of `--accept-key`: a fingerprint, or `none` for a version that is not signed any more. */
  accept: string | null;
}

/** What is to be remembered: nothing, another key beside, or one key instead of all earlier ones (null: no key at all). */
export type TrustAnswer = {
  /** The name that was signed, when it is a former one: it says that the content is that asset's, and nothing of the move. */
  signedAs?: string;
} & (
  | { signature: string | null; pin: "keep" }
  | { signature: string; pin: "add" | "instead" }
  | { signature: null; pin: "forget" }
);

/**
 * Trust on first use: the key that signs the first version seen is the one that must sign every later one. Throws CONFLICT,
 * saying which key was expected, which came, and what to do, for another key, a vanished or a false signature, and when
 * nothing but revoked keys vouch for the version.
 */
export async function trustSignature(question: TrustQuestion): Promise<TrustAnswer> {
  const { ref, version, signatures, pinned, accept } = question;
  const { valid, former } = await validKeys(question);
  const name = `${ref}@${version}`;
  const known = valid.find((key) => pinned.includes(key));
  if (known) return { signature: known, pin: "keep" };
  const moved = [...former].find(([key]) => pinned.length === 0 || pinned.includes(key));
  // Not pinned: whoever owns the asset now may sign with another key.
  if (valid.length === 0 && moved) return { signature: moved[0], pin: "keep", signedAs: moved[1] };
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

interface ValidKeys {
  /** Fingerprints of unrevoked keys whose signature holds. */
  valid: string[];
  /** The same where it holds for a former name: fingerprint → that name. */
  former: Map<string, string>;
}

/** One signature that does not hold is no oversight and refuses the version. */
async function validKeys({ ref, version, digest, signatures, formerRefs = [] }: TrustQuestion): Promise<ValidKeys> {
  const found: ValidKeys = { valid: [], former: new Map() };
  for (const signature of signatures) {
    if (signature.revoked_at !== null) continue;
    const key = decodePublicKey(signature.public_key);
    const check = async (name: string) =>
      key
        ? checkPublication(JSON.stringify(signature.envelope), key, { ref: name, version, digest })
        : "its key is no Ed25519 key";
    const problem = await check(ref);
    const said = signedName(signature.envelope);
    const formerly = problem !== null && said !== null && formerRefs.includes(said) && (await check(said)) === null;
    if (problem !== null && !formerly) throw distrusted(`${ref}@${version}`, notHolding(problem, said, ref));
    if (formerly) found.former.set(fingerprintOf(key!), said);
    else found.valid.push(fingerprintOf(key!));
  }
  return found;
}

function notHolding(problem: string, said: string | null, ref: string): string {
  const hint =
    said !== null && said !== ref
      ? ` It was signed as ${visible(said)}: if the asset was renamed or transferred, ask for it by that name, or have it signed again.`
      : " Tell the server's administrator.";
  return `its signature does not hold: ${visible(problem)}.${hint}`;
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
