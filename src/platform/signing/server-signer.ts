import { type Envelope, signEnvelope } from "../../core/signing/dsse.ts";
import { type Fingerprint, fingerprintOf, publicKeyOf, signBytes } from "../../core/signing/ed25519.ts";

/** The server's own Ed25519 key: signs what the server itself says (verdicts, the recall list, the transparency log's state). */
export interface ServerSigner {
  /** Raw, 32 bytes. */
  publicKey(): Promise<Uint8Array>;
  fingerprint(): Promise<Fingerprint>;
  /** A DSSE envelope; without a payload type, over an in-toto statement. */
  sign(payload: Uint8Array, payloadType?: string): Promise<Envelope>;
  /** The bare signature, 64 bytes, over exactly these bytes: for formats that are not DSSE. */
  signRaw(message: Uint8Array): Promise<Uint8Array>;
}

/** `seed` gives the 32 bytes of the private key, the same in every process over one database. */
export function createServerSigner(options: { seed: () => Promise<Uint8Array> }): ServerSigner {
  const key = async () => ({ seed: await options.seed() });
  const publicKey = async () => publicKeyOf(await key());
  return {
    publicKey,
    fingerprint: async () => fingerprintOf(await publicKey()),
    sign: async (payload, payloadType) => signEnvelope(await key(), payload, payloadType),
    signRaw: async (message) => signBytes(await key(), message),
  };
}
