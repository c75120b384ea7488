import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { sha256 } from "../../core/digest.ts";
import { PAYLOAD_TYPE, preAuthEncoding } from "../../core/signing/dsse.ts";
import { keyHints } from "../../core/signing/sigstore-bundle.ts";

export type Contents = Readonly<Record<string, string>>;
export interface Pair {
  publicKey: KeyObject;
  privateKey: KeyObject;
  hash: string | null;
}

/** A fresh pair; the hash is that which belongs to the curve. */
export function pairOf(kind: "P-256" | "P-384" | "P-521" | "ed25519"): Pair {
  if (kind === "ed25519") return { ...generateKeyPairSync("ed25519"), hash: null };
  const hash = { "P-256": "sha256", "P-384": "sha384", "P-521": "sha512" }[kind];
  return { ...generateKeyPairSync("ec", { namedCurve: kind }), hash };
}

export const pemOf = ({ publicKey }: Pair): string => publicKey.export({ type: "spki", format: "pem" }) as string;

/** What model_signing states of these files. */
// biome-ignore lint/suspicious/noExplicitAny: tests break the statement everywhere.
export function statementOf(files: Contents, ignored: readonly string[] = ["model.sig"]): any {
  const resources = Object.entries(files)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, content]) => ({ name, algorithm: "sha256", digest: sha256(content).slice(7) }));
  const root = sha256(Buffer.concat(resources.map(({ digest }) => Buffer.from(digest, "hex")))).slice(7);
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [{ name: "model", digest: { sha256: root } }],
    predicateType: "https://model_signing/signature/v1.0",
    predicate: {
      serialization: { method: "files", hash_type: "sha256", allow_symlinks: false, ignore_paths: ignored },
      resources,
    },
  };
}

/** A bundle as model_signing writes it; `material` in the place of the key's hint. */
export function bundleOf(statement: unknown, pair: Pair, material?: object): string {
  const payload = Buffer.from(typeof statement === "string" ? statement : JSON.stringify(statement));
  const sig = sign(pair.hash, preAuthEncoding(PAYLOAD_TYPE, payload), pair.privateKey).toString("base64");
  return JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    verificationMaterial: { ...(material ?? { publicKey: { hint: keyHints(pair.publicKey)[0] } }), tlogEntries: [] },
    dsseEnvelope: {
      payload: payload.toString("base64"),
      payloadType: PAYLOAD_TYPE,
      signatures: [{ sig, keyid: "" }],
    },
  });
}

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length: size } = content;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
};
const hex = (digits: string): Buffer => Buffer.from(digits, "hex");
const ECDSA_SHA256 = der(0x30, hex("06082a8648ce3d040302"));
const nameOf = (name: string): Buffer =>
  der(0x30, der(0x31, der(0x30, hex("0603550403"), der(0x0c, Buffer.from(name)))));
const time = (text: string): Buffer => der(0x18, Buffer.from(text));
const extension = (id: string, critical: boolean, value: Buffer): Buffer =>
  der(0x30, hex(id), ...(critical ? [hex("0101ff")] : []), der(0x04, value));

export interface CertificateFacts {
  subject: string;
  issuer: string;
  key: Pair;
  /** P-256. */
  signedBy: Pair;
  ca?: boolean;
  pathLength?: number;
  email?: string;
  /** Sigstore's extension with the OIDC issuer. */
  oidcIssuer?: string;
  serverOnly?: boolean;
  from?: string;
  to?: string;
  /** An extension that nobody knows, marked critical. */
  unknownLimit?: boolean;
}

/** A certificate in DER, written by other code than the product's. */
export function certificateOf(facts: CertificateFacts): Buffer {
  const { subject, issuer, key, signedBy, ca = false, from = "20260101000000Z", to = "20360101000000Z" } = facts;
  const limits = [
    ...(ca ? [hex("0101ff")] : []),
    ...(facts.pathLength === undefined ? [] : [der(2, Buffer.from([facts.pathLength]))]),
  ];
  const extensions = [
    extension("0603551d13", true, der(0x30, ...limits)),
    extension("0603551d0f", true, hex(ca ? "03020106" : "03020780")),
    ...(ca
      ? []
      : [
          extension(
            "0603551d25",
            false,
            der(0x30, hex(facts.serverOnly ? "06082b06010505070301" : "06082b06010505070303")),
          ),
        ]),
    ...(facts.email ? [extension("0603551d11", false, der(0x30, der(0x81, Buffer.from(facts.email))))] : []),
    ...(facts.oidcIssuer
      ? [extension("060a2b0601040183bf300108", false, der(0x0c, Buffer.from(facts.oidcIssuer)))]
      : []),
    ...(facts.unknownLimit ? [extension("06032a0304", true, der(0x05))] : []),
  ];
  const signed = der(
    0x30,
    hex("a003020102"),
    hex("020101"),
    ECDSA_SHA256,
    nameOf(issuer),
    der(0x30, time(from), time(to)),
    nameOf(subject),
    key.publicKey.export({ type: "spki", format: "der" }) as Buffer,
    der(0xa3, der(0x30, ...extensions)),
  );
  const signature = sign("sha256", signed, signedBy.privateKey);
  return der(0x30, signed, ECDSA_SHA256, der(0x03, hex("00"), signature));
}

export const chainOf = (...certificates: readonly Buffer[]): object => ({
  x509CertificateChain: { certificates: certificates.map((one) => ({ rawBytes: one.toString("base64") })) },
});
