import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { MINUTE } from "../../core/clock.ts";

export const TOKEN_ALGORITHM = "RS256";

/** A key is published this long before it signs: longer than anybody caches the JWK set (5 minutes). */
export const PUBLISH_LEAD_MS = 10 * MINUTE;

/** A key of access tokens, ready for use. */
export interface TokenKey {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  publicJwk: JWK;
}

/** A new private key (RSA, 2048 bits) as JSON of a JWK. */
export async function makeTokenKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(TOKEN_ALGORITHM, { extractable: true, modulusLength: 2048 });
  return JSON.stringify(await exportJWK(privateKey));
}

/** The public half is taken from the private one, which was sealed, so that nobody who writes to the database alone adds a key. */
export async function readTokenKey(privateJwk: string): Promise<TokenKey> {
  const jwk = JSON.parse(privateJwk) as JWK;
  const bare: JWK = { kty: "RSA", n: jwk.n, e: jwk.e };
  const kid = await calculateJwkThumbprint(bare);
  return {
    kid,
    privateKey: (await importJWK(jwk, TOKEN_ALGORITHM)) as CryptoKey,
    publicKey: (await importJWK(bare, TOKEN_ALGORITHM)) as CryptoKey,
    publicJwk: { ...bare, kid, use: "sig", alg: TOKEN_ALGORITHM },
  };
}
