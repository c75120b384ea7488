import { decodeProtectedHeader, type JWK, type JWTPayload, jwtVerify, SignJWT } from "jose";
import type { Clock } from "../../core/clock.ts";
import { isId, newId, type Id } from "../../core/id.ts";
import { TOKEN_ALGORITHM } from "./token-key.ts";
import type { TokenKeySet } from "./token-key-set.ts";
import type { FamilySignIn } from "./token-repository.ts";
import { invalidToken } from "./user.ts";

/** RFC 9068 2.1: an access token cannot be mistaken for another kind of JWT. */
const TYPE = "at+jwt";
const AUDIENCE = "marketplace-api";
const MAX_TOKEN = 4096;

/** Signed access tokens (JWT, RS256 alone) that live some minutes and belong to a family of refresh tokens. */
export interface AccessTokens {
  issue(family: { userId: Id; familyId: Id; signIn: FamilySignIn }): Promise<string>;
  /** Throws INVALID_TOKEN. Whether person and family still live is the caller's question. */
  verify(token: string): Promise<{ userId: Id; familyId: Id }>;
  /** The public keys as a JWK set (RFC 7517). */
  jwks(): Promise<{ keys: JWK[] }>;
}

export function createAccessTokens(deps: {
  keys: TokenKeySet;
  clock: Clock;
  issuer: string;
  lifetimeMs: number;
}): AccessTokens {
  const { keys, clock, issuer, lifetimeMs } = deps;
  return {
    async issue({ userId, familyId, signIn }) {
      const { privateKey, kid } = await keys.current();
      const now = Math.floor(clock.now().getTime() / 1000);
      return new SignJWT({ sid: familyId, ...claimsOf(signIn) })
        .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TYPE, kid })
        .setIssuer(issuer)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setJti(newId())
        .setIssuedAt(now)
        .setExpirationTime(now + Math.floor(lifetimeMs / 1000))
        .sign(privateKey);
    },
    async verify(token) {
      const key = await keys.find(keyIdOf(token));
      if (key === null) throw invalidToken();
      const { payload } = await jwtVerify(token, key.publicKey, {
        algorithms: [TOKEN_ALGORITHM],
        typ: TYPE,
        issuer,
        audience: AUDIENCE,
        currentDate: clock.now(),
        requiredClaims: ["sub", "sid", "iat", "exp", "jti"],
      }).catch(() => Promise.reject(invalidToken()));
      const { sub, sid } = payload;
      if (typeof sub !== "string" || typeof sid !== "string" || !isId(sub) || !isId(sid)) throw invalidToken();
      return { userId: sub, familyId: sid };
    },
    jwks: async () => ({ keys: await keys.published() }),
  };
}

const HEADER = ["alg", "kid", "typ"];

/** Which of our keys it says it was signed with. A header that says more than ours do (jwk, jku, x5u, x5c, crit …) is refused. */
function keyIdOf(token: string): string {
  if (token.length > MAX_TOKEN) throw invalidToken();
  const header = headerOf(token);
  const plain = Object.keys(header).sort().join() === HEADER.join();
  if (!plain || header.alg !== TOKEN_ALGORITHM || typeof header.kid !== "string") throw invalidToken();
  return header.kid;
}

function headerOf(token: string) {
  try {
    return decodeProtectedHeader(token);
  } catch {
    throw invalidToken();
  }
}

/** `auth_time` and `amr` (RFC 9068 2.2.1), as far as they are known. */
const claimsOf = ({ authenticatedAt, methods }: FamilySignIn): JWTPayload => ({
  ...(authenticatedAt === null ? {} : { auth_time: Math.floor(Date.parse(authenticatedAt) / 1000) }),
  ...(methods.length === 0 ? {} : { amr: methods }),
});
