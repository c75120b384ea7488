import { expect, test } from "bun:test";
import {
  createLocalJWKSet,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  jwtVerify,
} from "jose";
import { SYSTEM } from "../../core/actor.ts";
import { DAY, MINUTE, SECOND } from "../../core/clock.ts";
import type { Database } from "../../platform/database/index.ts";
import {
  type AccountsServer,
  createAccountsServer,
  handClock,
  PASSWORD,
  register,
  TEST_SEALER,
} from "../../../test/support/accounts-server.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { PUBLISH_LEAD_MS } from "./token-key.ts";

const KEY_LIFETIME = 90 * DAY;
const TOKEN_LIFETIME = 15 * MINUTE;

const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const jwksOf = async (server: AccountsServer): Promise<JSONWebKeySet> =>
  (await server.send("GET", "/.well-known/jwks.json")).json();
const kidsOf = async (server: AccountsServer) => (await jwksOf(server)).keys.map(({ kid }) => kid);
const login = async (server: AccountsServer): Promise<string> => {
  const response = await server.send("POST", "/api/v1/auth/login", { json: { username: "ada", password: PASSWORD } });
  return (await response.json()).data.access_token;
};
const me = async (server: AccountsServer, token: string) => (await server.send("GET", "/api/v1/me", { token })).status;

eachDatabase("keys of access tokens", (open) => {
  /** Two processes over one database, at one time. */
  const start = async () => {
    const database = await open();
    const clock = handClock();
    const [server, second] = [createAccountsServer({ database, clock }), createAccountsServer({ database, clock })];
    return { database, clock, server, second, ...(await register(server, "ada")) };
  };
  const rows = (database: Database) =>
    database.read.selectFrom("token_keys").selectAll().orderBy("created_at").execute();

  test("the first is made once by many that start together, sealed, and published without its private half", async () => {
    const database = await open();
    const servers = Array.from({ length: 4 }, () => createAccountsServer({ database, ownKey: true }));
    const sets = await Promise.all(servers.map(jwksOf));
    expect(new Set(sets.map((set) => JSON.stringify(set))).size).toBe(1);
    expect(sets[0]!.keys).toHaveLength(1);
    expect(Object.keys(sets[0]!.keys[0]!).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
    const { access_token: token } = await register(servers[0]!, "ada");
    for (const server of servers) expect(await me(server, token)).toBe(200);
    const [row] = await rows(database);
    const { d } = JSON.parse(TEST_SEALER.open(row!.private_jwk, `token_keys:${row!.id}`));
    expect(JSON.stringify(row)).not.toContain(d);
  });

  test("the one of before is taken over, and what it signed stays valid", async () => {
    const database = await open();
    const { privateKey } = await generateKeyPair("RS256", { extractable: true });
    const jwk = JSON.stringify(await exportJWK(privateKey));
    const server = createAccountsServer({ database, ownKey: true });
    await server.accounts.secrets.get("access-token-key", () => jwk);
    const { access_token: token } = await register(server, "ada");
    const [row, ...others] = await rows(database);
    expect([kidOf(token), others]).toEqual([row!.id, []]);
    expect(TEST_SEALER.open(row!.private_jwk, `token_keys:${row!.id}`)).toBe(jwk);
    const secrets = await database.read.selectFrom("instance_secrets").select("name").execute();
    expect(secrets.map(({ name }) => name)).not.toContain("access-token-key");
  });

  test("a new one is published before it signs, in every process, and the old one goes when nothing it signed lives", async () => {
    const { server, second, clock, access_token: before } = await start();
    const old = kidOf(before)!;
    expect(await server.accounts.tokenKeys.rotateWhenDue()).toBe(false);
    clock.move(KEY_LIFETIME);
    const day = await login(second);
    expect(await server.accounts.tokenKeys.rotateWhenDue()).toBe(true);
    expect(await second.accounts.tokenKeys.rotateWhenDue()).toBe(false);

    const published = await kidsOf(server);
    expect(published).toHaveLength(2);
    const [recent] = published.filter((kid) => kid !== old);
    clock.move(PUBLISH_LEAD_MS - 1);
    expect(await kidsOf(second)).toEqual(published);
    const last = await login(server);
    expect([kidOf(day), kidOf(last)]).toEqual([old, old]);
    clock.move(1);
    const [here, there] = [await login(server), await login(second)];
    expect([kidOf(here), kidOf(there)]).toEqual([recent, recent]);
    for (const token of [last, here, there])
      expect([await me(server, token), await me(second, token)]).toEqual([200, 200]);

    clock.move(TOKEN_LIFETIME - 2 * SECOND);
    expect(await me(second, last)).toBe(200);
    await server.accounts.housekeeping();
    expect(await kidsOf(server)).toHaveLength(2);
    clock.move(2 * MINUTE);
    await server.accounts.housekeeping();
    clock.move(10 * SECOND);
    expect([await kidsOf(server), await kidsOf(second)]).toEqual([[recent], [recent]]);
  });

  test("of many that rotate at once one does", async () => {
    const { database, server, second, clock } = await start();
    clock.move(KEY_LIFETIME);
    const due = [server, second, server, second].map(({ accounts }) => accounts.tokenKeys.rotateWhenDue());
    expect((await Promise.all(due)).filter(Boolean)).toHaveLength(1);
    const asked = await Promise.allSettled(
      [server, second].map(({ accounts }) => accounts.tokenKeys.rotate(SYSTEM, { revoke: true })),
    );
    expect(asked.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
    const left = await rows(database);
    expect(left.filter(({ retired_at }) => retired_at === null)).toHaveLength(1);
  });

  test("in an emergency every token ends at once, also in processes that do not know yet", async () => {
    const { server, second, clock, ...tokens } = await start();
    expect(await me(second, tokens.access_token)).toBe(200);
    await server.accounts.tokenKeys.rotate(SYSTEM, { revoke: true });
    expect([await me(server, tokens.access_token), await me(second, tokens.access_token)]).toEqual([401, 401]);
    const refresh = await second.send("POST", "/api/v1/auth/refresh", {
      json: { refresh_token: tokens.refresh_token },
    });
    expect(refresh.status).toBe(401);
    const anew = await login(server);
    expect(kidOf(anew)).not.toBe(kidOf(tokens.access_token));
    clock.move(SECOND);
    expect([await me(server, anew), await me(second, anew)]).toEqual([200, 200]);
    clock.move(10 * SECOND);
    expect(await kidsOf(second)).toEqual([kidOf(anew)]);
  });

  test("tokens say when and how somebody signed in, and refreshing keeps it", async () => {
    const { server, clock, ...tokens } = await start();
    const at = Math.floor(clock.now().getTime() / 1000);
    expect(decodeJwt(tokens.access_token)).toMatchObject({ auth_time: at, amr: ["pwd"], iat: at });
    const authenticatedAt = new Date((at - 3600) * 1000).toISOString();
    const signIn = { twoFactor: true, authenticatedAt, client: "laptop", methods: ["pwd", "otp"] };
    const pair = await server.accounts.tokens.start(tokens.user.id, signIn);
    clock.move(2 * MINUTE);
    const refreshed = await server.send("POST", "/api/v1/auth/refresh", { json: { refresh_token: pair.refreshToken } });
    const { access_token: second } = (await refreshed.json()).data;
    for (const token of [pair.accessToken, second])
      expect(decodeJwt(token)).toMatchObject({ auth_time: at - 3600, amr: ["pwd", "otp", "mfa"] });
    expect(decodeJwt(second).iat).toBe(at + 120);
    const unknown = await server.accounts.tokens.start(tokens.user.id, {
      twoFactor: false,
      authenticatedAt: null,
      client: "",
    });
    expect(decodeJwt(unknown.accessToken)).not.toHaveProperty("auth_time");
    expect(decodeJwt(unknown.accessToken)).not.toHaveProperty("amr");
  });

  test("others verify tokens with what is published alone", async () => {
    const { server, clock, access_token: token } = await start();
    const { payload } = await jwtVerify(token, createLocalJWKSet(await jwksOf(server)), {
      algorithms: ["RS256"],
      issuer: "https://marketplace.test",
      audience: "marketplace-api",
      typ: "at+jwt",
      currentDate: clock.now(),
    });
    expect(payload.sub).toBeString();
  });

  test("a key that somebody adds to the database, not knowing the sealing key, is not believed", async () => {
    const { database, server, clock } = await start();
    const { publicKey } = await generateKeyPair("RS256", { extractable: true });
    const [row] = await rows(database);
    const foreign = { ...row!, id: "foreign", public_jwk: JSON.stringify(await exportJWK(publicKey)) };
    await database.write(async (tx) => void (await tx.insertInto("token_keys").values(foreign).execute()));
    clock.move(10 * SECOND);
    expect((await server.send("GET", "/.well-known/jwks.json")).status).toBe(500);
  });

  test("are rotated over the API by administrators who proved just now who they are", async () => {
    const { server, clock, user, access_token: token } = await start();
    const rotate = (json: object, by?: string) =>
      server.send("POST", "/api/v1/admin/token-keys/rotate", { json, token: by });
    expect([(await rotate({})).status, (await rotate({}, token)).status]).toEqual([401, 403]);
    const account = { username: "boss", email: "boss@example.org", password: PASSWORD };
    await server.accounts.administration.create(SYSTEM, account, "admin");
    const signIn = await server.send("POST", "/api/v1/auth/login", { json: account });
    const boss = (await signIn.json()).data.access_token;
    const listed = await (await rotate({}, boss)).json();
    expect(listed.data.map(({ state }: { state: string }) => state).sort()).toEqual(["next", "signing"]);
    clock.move(14 * MINUTE);
    const key = await server.send("POST", "/api/v1/me/api-keys", {
      json: { name: "x", scopes: ["admin"] },
      token: boss,
    });
    expect((await rotate({}, (await key.json()).data.key)).status).toBe(403);
    clock.move(2 * MINUTE);
    const late = await server.accounts.tokens.start((await server.accounts.profile("boss")).id, {
      twoFactor: false,
      authenticatedAt: new Date(clock.now().getTime() - 16 * MINUTE).toISOString(),
      client: "",
    });
    const refused = await rotate({ revoke: true }, late.accessToken);
    expect([refused.status, (await refused.json()).error.details]).toEqual([403, { reauthenticate: true }]);
    const acts = await server.database.read.selectFrom("audit_entries").select(["action", "actor_id"]).execute();
    expect(acts.filter(({ action }) => action === "token_key.rotated")).toHaveLength(1);
    expect(user.username).toBe("ada");
  });
});
