import { type Digest, digestHex } from "../digest.ts";
import { type Envelope, parseEnvelope, payloadOf, signEnvelope, verifyEnvelope } from "./dsse.ts";
import type { PrivateKey } from "./ed25519.ts";

/** What a signature binds together: a name, a version and the manifest that is its content. */
export interface SignedSubject {
  /** namespace/slug */
  ref: string;
  version: string;
  digest: Digest;
}

const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
export const PREDICATE_TYPE = "https://llm-marketplace.dev/attestations/publication/v1";

/** The in-toto statement (v1) of a publication: the subject is the manifest, the predicate names asset and version. */
export function publicationStatement({ ref, version, digest }: SignedSubject): Uint8Array {
  const statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: `${ref}@${version}`, digest: { sha256: digestHex(digest) } }],
    predicateType: PREDICATE_TYPE,
    predicate: { ref, version },
  };
  return Buffer.from(JSON.stringify(statement));
}

export const signPublication = (key: PrivateKey, subject: SignedSubject): Promise<Envelope> =>
  signEnvelope(key, publicationStatement(subject));

/** Why a signature does not hold; the text is for people. */
export type SignatureProblem = string;

/**
 * Checks that the envelope is signed by `publicKey` and says exactly this subject; null when it does. The statement is
 * compared as a whole: one of another name, version, digest or shape is refused.
 */
export async function checkPublication(
  envelopeText: string,
  publicKey: Uint8Array,
  subject: SignedSubject,
): Promise<SignatureProblem | null> {
  const envelope = parseEnvelope(envelopeText);
  if (!envelope) return "it is not a DSSE envelope with one signature";
  if (!(await verifyEnvelope(envelope, publicKey))) return "it was not made by this key, or was changed since";
  if (!Buffer.from(payloadOf(envelope)).equals(publicationStatement(subject)))
    return `it is for something other than ${subject.ref}@${subject.version} with the manifest ${subject.digest}`;
  return null;
}

/** The name that an envelope of ours was made for; null when it says none. Says nothing about whether the signature holds. */
export function signedName(envelope: unknown): string | null {
  const { payload } = (envelope ?? {}) as Partial<Envelope>;
  if (typeof payload !== "string") return null;
  try {
    const { predicate } = JSON.parse(Buffer.from(payload, "base64").toString()) as { predicate?: { ref?: unknown } };
    return typeof predicate?.ref === "string" ? predicate.ref : null;
  } catch {
    return null;
  }
}
