import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";

/** A CI service with OpenID Connect: discovery, keys, and tokens for its jobs. */
export interface CiIssuer {
  url: string;
  /** What was asked for, in order. */
  asked: string[];
  /** Signs with a new key from now on; the old one is no longer published. */
  rotate(): Promise<void>;
  /** A token that is right in everything that `claims` does not change; `undefined` leaves a claim out. */
  token(claims?: Record<string, unknown>, header?: { alg?: string; kid?: string }): Promise<string>;
  /** Answers these instead of the discovery document or the keys. */
  answers: { discovery?: () => Response; keys?: () => Response };
  stop(): Promise<void>;
}

type Key = Awaited<ReturnType<typeof makeKey>>;

async function makeKey(alg: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = crypto.randomUUID();
  return { alg, kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: "sig" } };
}

export async function startCiIssuer(audience: string): Promise<CiIssuer> {
  const asked: string[] = [];
  const answers: CiIssuer["answers"] = {};
  let keys: Key[] = [await makeKey("RS256"), await makeKey("ES256")];
  const server: Bun.Server<undefined> = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const { pathname } = new URL(request.url);
      asked.push(pathname);
      if (pathname === "/.well-known/openid-configuration")
        return answers.discovery?.() ?? Response.json({ issuer: url, jwks_uri: `${url}/keys` });
      if (pathname === "/keys") return answers.keys?.() ?? Response.json({ keys: keys.map(({ jwk }) => jwk) });
      return new Response(null, { status: 404 });
    },
  });
  const url = server.url.origin;
  return {
    url,
    asked,
    answers,
    async rotate() {
      keys = [await makeKey("RS256"), await makeKey("ES256")];
    },
    async token(claims = {}, { alg = "RS256", kid } = {}) {
      const key = keys.find((one) => one.alg === alg)!;
      const now = Math.floor(Date.now() / 1000);
      const payload = {
        iss: url,
        aud: audience,
        sub: "job",
        jti: crypto.randomUUID(),
        iat: now,
        exp: now + 300,
        ...claims,
      };
      return new SignJWT(JSON.parse(JSON.stringify(payload)) as JWTPayload)
        .setProtectedHeader({ alg, typ: "JWT", kid: kid ?? key.kid })
        .sign(key.privateKey);
    },
    stop: () => server.stop(true),
  };
}
