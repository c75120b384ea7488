import { type Fingerprint, fingerprintOf, type PrivateKey, publicKeyOf, signBytes, verifyBytes } from "./ed25519.ts";

/** A DSSE envelope (secure-systems-lab/dsse, protocol v1) over an in-toto statement. */
export interface Envelope {
  payloadType: string;
  /** base64 */
  payload: string;
  signatures: { keyid: Fingerprint; sig: string }[];
}

export const PAYLOAD_TYPE = "application/vnd.in-toto+json";
const MAX_ENVELOPE = 64 * 1024;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** The bytes that are signed: `DSSEv1 <len(type)> <type> <len(payload)> <payload>`. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType, "utf8");
  return Buffer.concat([Buffer.from(`DSSEv1 ${type.length} `), type, Buffer.from(` ${payload.length} `), payload]);
}

export async function signEnvelope(key: PrivateKey, payload: Uint8Array): Promise<Envelope> {
  const signature = await signBytes(key, preAuthEncoding(PAYLOAD_TYPE, payload));
  return {
    payloadType: PAYLOAD_TYPE,
    payload: Buffer.from(payload).toString("base64"),
    signatures: [{ keyid: fingerprintOf(await publicKeyOf(key)), sig: Buffer.from(signature).toString("base64") }],
  };
}

/** Reads an envelope with exactly one signature, at most 64 KiB; null when it is not one. */
export function parseEnvelope(text: string): Envelope | null {
  if (text.length > MAX_ENVELOPE) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null) return null;
  const { payloadType, payload, signatures } = value as Partial<Envelope>;
  const signature = Array.isArray(signatures) && signatures.length === 1 ? signatures[0] : null;
  if (payloadType !== PAYLOAD_TYPE || typeof payload !== "string" || !BASE64.test(payload)) return null;
  if (!signature || typeof signature.keyid !== "string" || typeof signature.sig !== "string") return null;
  if (!BASE64.test(signature.sig)) return null;
  return { payloadType, payload, signatures: [{ keyid: signature.keyid, sig: signature.sig }] };
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
