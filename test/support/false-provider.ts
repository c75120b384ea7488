import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { CLIENT } from "./identity-provider.ts";

export type Claims = Record<string, unknown>;
type Key = Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];

/** A provider that says what a test tells it to, well-formed or not. It has no pages: see `answerOf`. */
export interface FalseProvider {
  issuer: string;
  /** Claims of the next ID token, over those that would be right. */
  claims: Claims;
  /** Makes the ID token of the claims; by default signs it as it should be. */
  sign: (claims: Claims) => Promise<string> | string;
  signed: (claims: Claims, key?: Key, header?: object) => Promise<string>;
  /** Answers instead of a path, when it is set. */
  instead: Map<string, () => Response | Promise<Response>>;
  /** How often each path was asked for. */
  asked: Map<string, number>;
  /** Where the browser comes back to, from the address that it was sent to. */
  answerOf(authorization: string, more?: Record<string, string>): string;
  reset(): void;
  stop(): void;
}

export async function startFalseProvider(): Promise<FalseProvider> {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid: "one", use: "sig", alg: "RS256" };
  const asked = new Map<string, number>();
  const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: (request) => answer(request) });
  const issuer = server.url.origin;
  let codes = 0;
  /** By code: what each sign-in asked for. */
  const nonces = new Map<string, string>();
  const signed: FalseProvider["signed"] = (claims, key = privateKey, header = {}) =>
    new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: "one", ...header }).sign(key);
  const provider: FalseProvider = {
    issuer,
    claims: {},
    sign: signed,
    signed,
    instead: new Map(),
    asked,
    answerOf(authorization, more = {}) {
      const asked = new URL(authorization).searchParams;
      const back = new URL(asked.get("redirect_uri")!);
      const answer = { code: `code-${codes++}`, state: asked.get("state")!, iss: issuer, ...more };
      nonces.set(answer.code, asked.get("nonce") ?? "");
      back.search = new URLSearchParams(answer).toString();
      return back.href;
    },
    reset() {
      provider.claims = {};
      provider.sign = signed;
      provider.instead.clear();
    },
    stop: () => void server.stop(true),
  };
  async function answer(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    asked.set(pathname, (asked.get(pathname) ?? 0) + 1);
    const instead = provider.instead.get(pathname);
    if (instead) return instead();
    if (pathname === "/jwks") return Response.json({ keys: [jwk] });
    if (pathname === "/.well-known/openid-configuration")
      return Response.json({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        authorization_response_iss_parameter_supported: true,
        // Also what it should not: none and the client's secret must be refused all the same.
        id_token_signing_alg_values_supported: ["RS256", "HS256", "none"],
      });
    if (pathname !== "/token") return new Response(null, { status: 404 });
    const nonce = nonces.get((await request.formData()).get("code") as string);
    const now = Math.floor(Date.now() / 1000);
    const right = { iss: issuer, aud: CLIENT.id, sub: "somebody", nonce, iat: now, exp: now + 60 };
    const id_token = await provider.sign({ ...right, ...provider.claims });
    return Response.json({ access_token: "a", token_type: "Bearer", id_token });
  }
  return provider;
}
