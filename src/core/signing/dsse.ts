import { type Fingerprint, fingerprintOf, type PrivateKey, publicKeyOf, signBytes, verifyBytes } from "./ed25519.ts";

/** A DSSE envelope (secure-systems-lab/dsse, protocol v1), by default over an in-toto statement. */
export interface Envelope {
  payloadType: string;
  /** base64 */
  payload: string;
  signatures: { keyid: Fingerprint; sig: string }[];
}

export const PAYLOAD_TYPE = "application/vnd.in-toto+json";
const MAX_ENVELOPE = 64 * 1024;

export interface EnvelopeKind {
  payloadType: string;
  /** Of the envelope's text, in characters. */
  maxLength: number;
}
const STATEMENT: EnvelopeKind = { payloadType: PAYLOAD_TYPE, maxLength: MAX_ENVELOPE };
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes that are signed: `DSSEv1 <len(type)> <type> <len(payload)> <payload>`. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, "utf8");
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

export async function signEnvelope(
  key: PrivateKey,
  payload: Uint8Array,
  payloadType: string = PAYLOAD_TYPE,
): Promise<Envelope> {
  const signature = await signBytes(key, preAuthEncoding(payloadType, payload));
  return {
    payloadType,
    payload: Buffer.from(payload).toString("base64"),
    signatures: [{ keyid: fingerprintOf(await publicKeyOf(key)), sig: Buffer.from(signature).toString("base64") }],
  };
}

/** Reads an envelope with exactly one signature, of this payload type and length (default: a statement of at most 64 KiB); null when it is not one. */
export function parseEnvelope(text: string, kind: EnvelopeKind = STATEMENT): Envelope | null {
  if (text.length > kind.maxLength) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { payloadType, payload, signatures } = value as Partial<Envelope>;
  const signature = Array.isArray(signatures) && signatures.length === 1 ? signatures[0] : null;
  if (payloadType !== kind.payloadType || typeof payload !== "string" || !BASE64.test(payload)) return null;
  if (!signature || typeof signature.keyid !== "string" || typeof signature.sig !== "string") return null;
  if (!BASE64.test(signature.sig)) return null;
  return { payloadType: kind.payloadType, payload, signatures: [{ keyid: signature.keyid, sig: signature.sig }] };
}

export const payloadOf = (envelope: Envelope): Uint8Array => Buffer.from(envelope.payload, "base64");

export function verifyEnvelope(envelope: Envelope, publicKey: Uint8Array): Promise<boolean> {
  const signature = envelope.signatures[0];
  if (!signature || signature.keyid !== fingerprintOf(publicKey)) return Promise.resolve(false);
  return verifyBytes(
    publicKey,
    preAuthEncoding(envelope.payloadType, payloadOf(envelope)),
    Buffer.from(signature.sig, "base64"),
  );
}
