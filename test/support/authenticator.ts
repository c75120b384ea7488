import { createHash, createSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";

/** What a test may have its authenticator get wrong. */
export interface Falsehoods {
  origin?: string;
  rpId?: string;
  challenge?: string;
  type?: string;
  crossOrigin?: boolean;
  /** Whether the person gave a PIN or a finger, and was there at all. */
  userVerified?: boolean;
  userPresent?: boolean;
  /** The counter it says, in place of the next. */
  counter?: number;
  /** Changes a bit of the signature. */
  forged?: boolean;
  userHandle?: string;
}

interface CreationOptions {
  challenge: string;
  rp: { id: string };
  user: { id: string };
}
interface RequestOptions {
  challenge: string;
  rpId: string;
}

const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString("base64url");
const sha256 = (bytes: Uint8Array | string): Buffer => createHash("sha256").update(bytes).digest();
const uint16 = (n: number): Buffer => Buffer.from([n >> 8, n & 255]);
const uint32 = (n: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(n);
  return bytes;
};
/** CBOR (RFC 8949): short byte strings, as far as is needed here. */
const cborBytes = (bytes: Buffer): Buffer =>
  Buffer.concat([
    bytes.length < 256 ? Buffer.from([0x58, bytes.length]) : Buffer.from([0x59, ...uint16(bytes.length)]),
    bytes,
  ]);
const cborText = (text: string): Buffer => Buffer.concat([Buffer.from([0x60 | text.length]), Buffer.from(text)]);

export type Authenticator = ReturnType<typeof createAuthenticator>;

/** A security key in software (ES256), which does what it is told and lies where a test wants it to. */
export function createAuthenticator(origin: string) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = randomBytes(32);
  let counter = 0;
  let userHandle = "";
  const clientData = (type: string, challenge: string, lie: Falsehoods): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: lie.type ?? type,
        challenge: lie.challenge ?? challenge,
        origin: lie.origin ?? origin,
        crossOrigin: lie.crossOrigin ?? false,
      }),
    );
  const authenticatorData = (rpId: string, lie: Falsehoods, attested: Buffer): Buffer => {
    const present = (lie.userPresent ?? true) ? 0x01 : 0;
    const verified = (lie.userVerified ?? true) ? 0x04 : 0;
    const flags = present | verified | (attested.length > 0 ? 0x40 : 0);
    counter = lie.counter ?? counter + 1;
    return Buffer.concat([sha256(lie.rpId ?? rpId), Buffer.from([flags]), uint32(counter), attested]);
  };
  return {
    id: base64url(id),
    /** What a browser would send for `navigator.credentials.create`. */
    create(options: CreationOptions, lie: Falsehoods = {}): string {
      userHandle = options.user.id;
      const attested = Buffer.concat([Buffer.alloc(16), uint16(id.length), id, coseKey(publicKey)]);
      const authData = authenticatorData(options.rp.id, lie, attested);
      const attestationObject = Buffer.concat([
        Buffer.from([0xa3]),
        ...[cborText("fmt"), cborText("none"), cborText("attStmt"), Buffer.from([0xa0])],
        ...[cborText("authData"), cborBytes(authData)],
      ]);
      return JSON.stringify({
        id: base64url(id),
        rawId: base64url(id),
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: base64url(clientData("webauthn.create", options.challenge, lie)),
          attestationObject: base64url(attestationObject),
          transports: ["usb"],
        },
      });
    },
    /** What a browser would send for `navigator.credentials.get`. */
    get(options: RequestOptions, lie: Falsehoods = {}): string {
      const client = clientData("webauthn.get", options.challenge, lie);
      const data = authenticatorData(options.rpId, lie, Buffer.alloc(0));
      const signature = sign(privateKey, Buffer.concat([data, sha256(client)]));
      if (lie.forged) signature[signature.length - 1]! ^= 1;
      return JSON.stringify({
        id: base64url(id),
        rawId: base64url(id),
        type: "public-key",
        clientExtensionResults: {},
        response: {
          clientDataJSON: base64url(client),
          authenticatorData: base64url(data),
          signature: base64url(signature),
          userHandle: lie.userHandle ?? userHandle,
        },
      });
    },
  };
}

const sign = (key: KeyObject, bytes: Buffer): Buffer => createSign("sha256").update(bytes).sign(key);

/** COSE_Key of a point on P-256 (RFC 9053 7.1.1): {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
function coseKey(key: KeyObject): Buffer {
  const { x = "", y = "" } = key.export({ format: "jwk" });
  return Buffer.concat([
    Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
    cborBytes(Buffer.from(x, "base64url")),
    Buffer.from([0x22]),
    cborBytes(Buffer.from(y, "base64url")),
  ]);
}
