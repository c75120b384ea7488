import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { preAuthEncoding } from "./dsse.ts";
import { sha256 } from "../digest.ts";

/** A Sigstore bundle (v0.3 and before) around a DSSE envelope with one signature. */
export interface SigstoreBundle {
  payloadType: string;
  payload: Uint8Array;
  signature: Uint8Array;
  /** A key that the verifier must have, by the hash of its PEM (null: the bundle does not say); or certificates in DER, the signer's first. */
  material: { kind: "key"; hint: string | null } | { kind: "certificates"; chain: Uint8Array[] };
}

/** Not JSON or no bundle at all; a bundle of something else than an envelope; or one that breaks the format, and how. */
export type BundleReading = SigstoreBundle | { not: "bundle" | "envelope" } | { broken: string };

const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.bundle[.+;]/;
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;
const MAX_CERTIFICATES = 10;
/** Also the longest RSA signature that anybody makes. */
const MAX_SIGNATURE = 2048;

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields | null =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;

/** Reads a bundle in time and memory that grow with its length; what it says is not verified yet. */
export function readBundle(json: string): BundleReading {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return json.includes("application/vnd.dev.sigstore.bundle") ? { broken: "it is not JSON" } : { not: "bundle" };
  }
  const bundle = fieldsOf(value);
  if (!bundle || typeof bundle.mediaType !== "string" || !MEDIA_TYPE.test(bundle.mediaType)) return { not: "bundle" };
  const envelope = fieldsOf(bundle.dsseEnvelope);
  if (!envelope) return { not: "envelope" };
  const { payloadType, payload, signatures } = envelope;
  const sole = Array.isArray(signatures) && signatures.length === 1 ? fieldsOf(signatures[0]) : null;
  const body = decoded(payload);
  const signature = decoded(sole?.sig);
  if (typeof payloadType !== "string" || !body) return { broken: "its envelope holds no payload in base64" };
  if (!signature || signature.length === 0 || signature.length > MAX_SIGNATURE) {
    return { broken: "its envelope does not hold exactly one signature in base64" };
  }
  const material = materialOf(fieldsOf(bundle.verificationMaterial));
  return typeof material === "string" ? { broken: material } : { payloadType, payload: body, signature, material };
}

function materialOf(fields: Fields | null): SigstoreBundle["material"] | string {
  const key = fieldsOf(fields?.publicKey);
  if (key) return { kind: "key", hint: typeof key.hint === "string" && key.hint !== "" ? key.hint : null };
  const several = fieldsOf(fields?.x509CertificateChain)?.certificates;
  const certificates: unknown[] = Array.isArray(several) ? several : fields?.certificate ? [fields.certificate] : [];
  if (certificates.length === 0) return "it names neither a key nor a certificate";
  if (certificates.length > MAX_CERTIFICATES) return `it holds more than ${MAX_CERTIFICATES} certificates`;
  const chain = certificates.map((one) => decoded(fieldsOf(one)?.rawBytes));
  return chain.every((der) => der !== null) ? { kind: "certificates", chain } : "a certificate is not base64";
}

function decoded(value: unknown): Uint8Array | null {
  return typeof value === "string" && BASE64.test(value) ? Buffer.from(value, "base64") : null;
}

/** The hints by which signers name a key: SHA-256 of its PEM in hexadecimal digits (model_signing), or of its DER in base64 (cosign). */
export function keyHints(key: KeyObject): string[] {
  const pem = key.export({ type: "spki", format: "pem" }) as string;
  const der = key.export({ type: "spki", format: "der" }) as Uint8Array;
  const hex = (bytes: Uint8Array | string) => sha256(bytes).slice("sha256:".length);
  return [hex(pem), Buffer.from(hex(der), "hex").toString("base64")];
}

const CURVES = new Map([
  ["prime256v1", "sha256"],
  ["secp384r1", "sha384"],
  ["secp521r1", "sha512"],
]);

/** Whether signatures by this key can be checked: ECDSA on P-256, P-384 or P-521, or Ed25519. */
export const isSupportedKey = (key: KeyObject): boolean =>
  key.asymmetricKeyType === "ed25519" || CURVES.has(key.asymmetricKeyDetails?.namedCurve ?? "");

/** Reads a public key in PEM; throws an Error when it is none, or none of a kind that is supported. */
export function readModelKey(pem: string): KeyObject {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) throw new Error("is a private key: give the public one");
  const key = createPublicKey(pem);
  if (!isSupportedKey(key)) throw new Error("is neither ECDSA on P-256, P-384 or P-521 nor Ed25519");
  return key;
}

/** Whether the bundle's envelope was signed with this key. */
export function isSignedBy({ payloadType, payload, signature }: SigstoreBundle, key: KeyObject): boolean {
  const hash = key.asymmetricKeyType === "ed25519" ? null : CURVES.get(key.asymmetricKeyDetails?.namedCurve ?? "");
  if (hash === undefined) return false;
  try {
    return verify(hash, preAuthEncoding(payloadType, payload), key, signature);
  } catch {
    return false;
  }
}
