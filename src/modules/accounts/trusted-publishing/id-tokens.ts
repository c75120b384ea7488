import { decodeJwt, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { type Clock, HOUR, MINUTE, SECOND } from "../../../core/clock.ts";
import { AppError } from "../../../core/error.ts";
import type { GuardedFetch } from "../../../platform/outbound/guarded-fetch.ts";
import { createProviderKeys } from "../sign-on/provider-keys.ts";

/** Asymmetric alone: a symmetric one could be signed with the public key. */
const ALGORITHMS = ["RS256", "ES256"];
const MAX_TOKEN = 16 * 1024;
/** CI services stamp a token when its job begins, and jobs take their time. */
const MAX_AGE_SECONDS = 3600;
const LEEWAY_SECONDS = 30;
/** An id is remembered until no clock could take its token any more. */
const REMEMBER_BEYOND_MS = 5 * MINUTE;

/** A token of a CI job, checked in all but what the job is. */
export interface VerifiedIdToken {
  issuer: string;
  claims: JWTPayload;
  /** Unique to the token. */
  tokenId: string;
  /** Ms since the epoch until which `tokenId` must be remembered. */
  rememberUntil: number;
}

export interface IdTokens {
  /** Throws INVALID_TOKEN with what is wrong, and SERVICE_UNAVAILABLE when the issuer's keys cannot be had. */
  verify(token: string): Promise<VerifiedIdToken>;
}

export interface IdTokenDeps {
  /** No other host is ever asked. */
  issuers: readonly string[];
  audience: string;
  fetch: GuardedFetch;
  clock: Clock;
}

export function createIdTokens(deps: IdTokenDeps): IdTokens {
  const keys = new Map(deps.issuers.map((issuer) => [issuer, createIssuerKeys(issuer, deps)]));
  return {
    async verify(token) {
      if (token.length > MAX_TOKEN) throw refused("it is longer than 16 KiB");
      const issuer = issuerOf(token);
      const issuerKeys = keys.get(issuer);
      if (!issuerKeys) throw refused("this server does not trust its issuer (iss)");
      const { payload } = await jwtVerify(token, issuerKeys, {
        algorithms: ALGORITHMS,
        issuer,
        audience: deps.audience,
        currentDate: deps.clock.now(),
        clockTolerance: LEEWAY_SECONDS,
        maxTokenAge: MAX_AGE_SECONDS,
        requiredClaims: ["iss", "aud", "exp", "iat", "jti"],
      }).catch((error: unknown) => Promise.reject(asRefusal(error, deps.audience)));
      const { jti, exp = 0, iat = 0 } = payload;
      if (typeof jti !== "string" || jti === "" || jti.length > 500) throw refused("its id (jti) is no text");
      const end = Math.min(exp, iat + MAX_AGE_SECONDS) * 1000;
      return { issuer, claims: payload, tokenId: jti, rememberUntil: end + REMEMBER_BEYOND_MS };
    },
  };
}

function issuerOf(token: string): string {
  try {
    const { iss } = decodeJwt(token);
    return typeof iss === "string" ? iss : "";
  } catch {
    throw refused("it is not a JSON Web Token");
  }
}

/** The keys behind OpenID Connect discovery, which is read again every hour. */
function createIssuerKeys(issuer: string, { fetch, clock }: IdTokenDeps): JWTVerifyGetKey {
  let known: { at: number; keys: Promise<JWTVerifyGetKey> } | null = null;
  const find = (): Promise<JWTVerifyGetKey> => {
    const now = clock.now().getTime();
    if (known === null || Math.abs(now - known.at) > HOUR) {
      const keys = discover(issuer, fetch).then((uri) => createProviderKeys({ uri, fetch, clock }));
      const begun = { at: now, keys };
      known = begun;
      keys.catch(() => {
        // Asked again soon, but not by everybody at once while the issuer does not answer.
        begun.at = now - HOUR + 10 * SECOND;
      });
    }
    return known.keys;
  };
  return async (header, token) => {
    try {
      return await (await find())(header, token);
    } catch (error) {
      throw error instanceof errors.JOSEError ? error : unreachable(issuer, error);
    }
  };
}

async function discover(issuer: string, fetch: GuardedFetch): Promise<string> {
  const response = await fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, {
    headers: { Accept: "application/json" },
  });
  if (response.status !== 200) throw new Error(`discovery was answered with status ${response.status}`);
  const document = (await response.json()) as { issuer?: unknown; jwks_uri?: unknown } | null;
  if (document?.issuer !== issuer) throw new Error("the discovery document names another issuer");
  const uri = typeof document.jwks_uri === "string" ? URL.parse(document.jwks_uri) : null;
  if (uri?.origin !== new URL(issuer).origin) throw new Error("the keys do not lie on the issuer's own host");
  return uri.href;
}

const refused = (why: string): AppError => badJobToken(`The job's token was refused: ${why}.`);

/** INVALID_TOKEN about the token that was shown, not about one that the request came with. */
export const badJobToken = (message: string): AppError =>
  new AppError("INVALID_TOKEN", message, { headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' } });

const unreachable = (issuer: string, cause: unknown): AppError =>
  new AppError("SERVICE_UNAVAILABLE", `The keys of ${issuer} cannot be read at the moment. Try again.`, {
    cause,
    headers: { "Retry-After": "10" },
  });

function asRefusal(error: unknown, audience: string): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof errors.JWTExpired) return refused("it has expired, or was made over an hour ago");
  if (error instanceof errors.JWTClaimValidationFailed)
    return refused(
      error.claim === "aud"
        ? `it is not meant for this server: ask for one with the audience ${audience}`
        : `its claim "${error.claim}" is missing or not right`,
    );
  return refused("its signature does not hold");
}
