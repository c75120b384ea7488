import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from "jose";
import type { Clock } from "../../core/clock.ts";
import { isId, newId, type Id } from "../../core/id.ts";
import type { InstanceSecrets } from "./instance-secrets.ts";
import type { FamilySignIn } from "./token-repository.ts";
import { invalidToken } from "./user.ts";

const ALGORITHM = "RS256";
/** RFC 9068 2.1: an access token cannot be mistaken for another kind of JWT. */
const TYPE = "at+jwt";
const AUDIENCE = "marketplace-api";
const SECRET_NAME = "access-token-key";
const MAX_TOKEN = 4096;

/** Signed access tokens (JWT, RS256 alone) that live some minutes and belong to a family of refresh tokens. */
export interface AccessTokens {
  issue(family: { userId: Id; familyId: Id; signIn: FamilySignIn }): Promise<string>;
  /** Throws INVALID_TOKEN. Whether person and family still live is the caller's question. */
  verify(token: string): Promise<{ userId: Id; familyId: Id }>;
  /** The public key as a JWK set (RFC 7517). */
  jwks(): Promise<{ keys: JWK[] }>;
}

export function createAccessTokens(deps: {
  secrets: InstanceSecrets;
  clock: Clock;
  issuer: string;
  lifetimeMs: number;
}): AccessTokens {
  const { clock, issuer, lifetimeMs } = deps;
  let keys: Promise<Keys> | undefined;
  const loadKeys = () => {
    keys ??= deps.secrets.get(SECRET_NAME, makeKey).then(readKeys);
    keys.catch(() => {
      keys = undefined;
    });
    return keys;
  };
  return {
    async issue({ userId, familyId, signIn }) {
      const { privateKey, kid } = await loadKeys();
      const now = Math.floor(clock.now().getTime() / 1000);
      return new SignJWT({ sid: familyId, ...claimsOf(signIn) })
        .setProtectedHeader({ alg: ALGORITHM, typ: TYPE, kid })
        .setIssuer(issuer)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setJti(newId())
        .setIssuedAt(now)
        .setExpirationTime(now + Math.floor(lifetimeMs / 1000))
        .sign(privateKey);
    },
    async verify(token) {
      if (token.length > MAX_TOKEN) throw invalidToken();
      const { publicKey, kid } = await loadKeys();
      const { payload } = await jwtVerify(token, publicKey, {
        algorithms: [ALGORITHM],
        typ: TYPE,
        issuer,
        audience: AUDIENCE,
        currentDate: clock.now(),
        requiredClaims: ["sub", "sid", "iat", "exp", "jti"],
      })
        .then((verified) => (verified.protectedHeader.kid === kid ? verified : Promise.reject(invalidToken())))
        .catch(() => Promise.reject(invalidToken()));
      const { sub, sid } = payload;
      if (typeof sub !== "string" || typeof sid !== "string" || !isId(sub) || !isId(sid)) throw invalidToken();
      return { userId: sub, familyId: sid };
    },
    async jwks() {
      return { keys: [(await loadKeys()).publicJwk] };
    },
  };
}

/** `auth_time` and `amr` (RFC 9068 2.2.1), as far as they are known. */
const claimsOf = ({ authenticatedAt, methods }: FamilySignIn): JWTPayload => ({
  ...(authenticatedAt === null ? {} : { auth_time: Math.floor(Date.parse(authenticatedAt) / 1000) }),
  ...(methods.length === 0 ? {} : { amr: methods }),
});

interface Keys {
  kid: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  publicJwk: JWK;
}

async function makeKey(): Promise<string> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true, modulusLength: 2048 });
  return JSON.stringify(await exportJWK(privateKey));
}

async function readKeys(text: string): Promise<Keys> {
  const jwk = JSON.parse(text) as JWK;
  const bare: JWK = { kty: "RSA", n: jwk.n, e: jwk.e };
  const kid = await calculateJwkThumbprint(bare);
  return {
    kid,
    privateKey: (await importJWK(jwk, ALGORITHM)) as CryptoKey,
    publicKey: (await importJWK(bare, ALGORITHM)) as CryptoKey,
    publicJwk: { ...bare, kid, use: "sig", alg: ALGORITHM },
  };
}
