import { beforeAll, expect, test } from "bun:test";
import { createHmac, createPublicKey } from "node:crypto";
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import {
  type AccountsServer,
  createAccountsServer,
  onSqlite,
  register,
  TEST_SEALER,
  type Tokens,
} from "../../../test/support/accounts-server.ts";
import type { Database } from "../../platform/database/index.ts";

/** The private half of the key that signs. */
async function privateKeyOf(database: Database): Promise<JWK> {
  const row = await database.read.selectFrom("token_keys").selectAll().executeTakeFirstOrThrow();
  return JSON.parse(TEST_SEALER.open(row.private_jwk, `token_keys:${row.id}`)) as JWK;
}

onSqlite("forged access tokens", (open) => {
  let server: AccountsServer;
  let tokens: Tokens;
  let claims: Record<string, unknown>;
  let header: { alg: string; typ: string; kid: string };
  let ours: CryptoKey;
  let stored: JWK;

  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const parse = (text: string) => JSON.parse(Buffer.from(text, "base64url").toString());

  beforeAll(async () => {
    const database = await open();
    server = createAccountsServer({ database });
    tokens = await register(server, "ada");
    const [head, body] = tokens.access_token.split(".");
    header = parse(head!);
    claims = parse(body!);
    stored = await privateKeyOf(database);
    ours = (await importJWK(stored, "RS256")) as CryptoKey;
  });

  const status = async (token: string) => {
    const response = await server.send("GET", "/api/v1/me", { token });
    const body = (await response.json()) as { error?: { code: string } };
    return response.status === 200 ? "accepted" : `${response.status} ${body.error?.code}`;
  };
  const sign = (change: { header?: object; claims?: object } = {}, key = ours) =>
    new SignJWT({ ...claims, ...change.claims }).setProtectedHeader({ ...header, ...change.header }).sign(key);
  const refused = "401 INVALID_TOKEN";

  test("what the server signs itself is accepted", async () => {
    expect(await status(await sign())).toBe("accepted");
  });

  test("no signature, in every spelling", async () => {
    for (const alg of ["none", "None", "NONE", "nOnE", ""])
      for (const signature of ["", tokens.access_token.split(".")[2]!])
        expect(await status(`${part({ ...header, alg })}.${part(claims)}.${signature}`)).toBe(refused);
    expect(await status(tokens.access_token.split(".").slice(0, 2).join("."))).toBe(refused);
  });

  test("HS256 with the public key as the secret", async () => {
    const { keys } = (await (await server.send("GET", "/.well-known/jwks.json")).json()) as { keys: JWK[] };
    const pem = createPublicKey({ key: keys[0] as object, format: "jwk" }).export({
      type: "spki",
      format: "pem",
    }) as string;
    const secrets = [
      pem,
      pem.trim(),
      JSON.stringify(keys[0]),
      keys[0]!.n as string,
      Buffer.from(keys[0]!.n!, "base64url"),
    ];
    for (const secret of [...secrets, ""])
      for (const alg of ["HS256", "HS384", "HS512"]) {
        const input = `${part({ ...header, alg })}.${part(claims)}`;
        const signature = createHmac(alg.replace("HS", "sha"), secret).update(input).digest("base64url");
        expect(await status(`${input}.${signature}`)).toBe(refused);
      }
  });

  test("a key brought along: jwk, jku, x5u, x5c, another kid", async () => {
    const certificate = Buffer.from("a certificate").toString("base64");
    const foreign = await generateKeyPair("RS256", { extractable: true });
    const jwk = await exportJWK(foreign.publicKey);
    const headers = [
      { jwk },
      { jwk: { ...jwk, kid: header.kid } },
      { jku: "http://127.0.0.1/jwks.json" },
      { x5u: "http://127.0.0.1/cert.pem" },
      { x5c: [certificate] },
      { x5t: "AAAA", "x5t#S256": "AAAA" },
      { kid: "__proto__" },
      { kid: "" },
      { kid: "../../../../dev/null" },
      { kid: "' OR 1=1 --" },
      {},
    ];
    for (const change of headers)
      expect(await status(await sign({ header: change }, foreign.privateKey))).toBe(refused);
    expect(await status(await sign({ header: { kid: "another" } }))).toBe(refused);
  });

  test("a header that says more than ours does, rightly signed", async () => {
    const headers = [
      { jwk: { kty: "RSA", n: stored.n, e: stored.e } },
      { jku: "http://127.0.0.1/jwks.json" },
      { x5u: "http://127.0.0.1/cert.pem" },
      { x5c: ["AAAA"] },
      { crit: ["exp"], exp: 1 },
      { cty: "JWT" },
      { b64: true },
    ];
    const kids = [undefined, null, 1, ["x"], { toString: "x" }, header.kid.toLowerCase(), ` ${header.kid}`];
    const signed = async (change: object) => {
      const input = `${part({ ...header, ...change })}.${part(claims)}`;
      const signature = await crypto.subtle.sign("RSASSA-PKCS1-v1_5", ours, Buffer.from(input));
      return `${input}.${Buffer.from(signature).toString("base64url")}`;
    };
    expect(await status(await signed({}))).toBe("accepted");
    for (const change of [...headers, ...kids.map((kid) => ({ kid }))])
      expect(`${JSON.stringify(change)} ${await status(await signed(change))}`).toBe(
        `${JSON.stringify(change)} ${refused}`,
      );
  });

  test("another algorithm with the right key", async () => {
    for (const alg of ["RS384", "RS512", "PS256"]) {
      const key = (await importJWK(stored, alg)) as CryptoKey;
      expect(await status(await sign({ header: { alg } }, key))).toBe(refused);
    }
  });

  test("wrong or missing type, issuer, audience, times and ids, rightly signed", async () => {
    const now = Math.floor(server.clock.now().getTime() / 1000);
    for (const typ of ["JWT", "id_token", undefined])
      expect(await status(await sign({ header: { typ } }))).toBe(refused);
    const other = "01890000-0000-7000-8000-000000000000";
    for (const change of [
      { iss: "https://elsewhere" },
      { iss: undefined },
      { aud: "another-api" },
      { aud: undefined },
      { exp: now - 1 },
      { exp: undefined },
      { exp: "tomorrow" },
      { nbf: now + 3600 },
      { sub: other },
      { sub: undefined },
      { sub: "system" },
      { sid: other },
      { sid: undefined },
      { jti: undefined },
    ])
      expect(`${JSON.stringify(change)} ${await status(await sign({ claims: change }))}`).toBe(
        `${JSON.stringify(change)} ${refused}`,
      );
  });

  test("changed after signing, oversized, and rubbish", async () => {
    const [head, , signature] = tokens.access_token.split(".");
    expect(
      await status(`${head}.${part({ ...claims, sub: "01890000-0000-7000-8000-000000000000" })}.${signature}`),
    ).toBe(refused);
    for (const token of [
      "x",
      "..",
      "a.b.c",
      `${tokens.access_token}A`,
      "A".repeat(10_000),
      tokens.refresh_token,
      "mkt_x",
    ])
      expect(await status(token)).toBe(refused);
  });

  test("a credential that does not hold is never silently anonymous", async () => {
    for (const headers of [
      { Authorization: "Basic YTpi" },
      { Authorization: "Bearer" },
      { Authorization: tokens.access_token },
      { "X-API-Key": tokens.access_token },
      { "X-API-Key": "" },
    ] as Record<string, string>[]) {
      const response = await server.send("GET", "/api/v1/users/ada", { headers });
      expect([response.status, (await response.json()).error.code]).toEqual([401, "INVALID_TOKEN"]);
      expect(response.headers.get("WWW-Authenticate")).toContain("invalid_token");
    }
  });
});
