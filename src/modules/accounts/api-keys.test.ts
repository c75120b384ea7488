import { expect, test } from "bun:test";
import fc from "fast-check";
import { DAY, MINUTE } from "../../core/clock.ts";
import { SYSTEM } from "../../core/actor.ts";
import { contextOf } from "../../platform/http/request-context.ts";
import { createAccountsServer, createBrowser, PASSWORD, register } from "../../../test/support/accounts-server.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import { isApiKey, makeApiKey } from "./api-key.ts";

test("a key's checksum tells every key with one character changed from a real one", () => {
  fc.assert(
    fc.property(fc.nat(39), fc.constantFrom(..."0123456789ABCXYZabcxyz-_ "), (at, character) => {
      const key = makeApiKey();
      const changed = key.slice(0, 4 + at) + character + key.slice(5 + at);
      return isApiKey(key) && (changed === key || !isApiKey(changed));
    }),
  );
  expect(new Set(Array.from({ length: 100 }, makeApiKey)).size).toBe(100);
});

eachDatabase("API keys", (open) => {
  const start = async () => {
    const server = createAccountsServer({
      database: await open(),
      routes: (app) =>
        app.get("/whoami", ({ request }) => {
          const { actor } = contextOf(request);
          return actor.kind === "user" ? { via: actor.via, scopes: actor.scopes } : {};
        }),
    });
    const { access_token: token } = await register(server, "ada");
    const create = (json: object, by = token) => server.send("POST", "/api/v1/me/api-keys", { json, token: by });
    const use = async (key: string) => {
      const response = await server.send("GET", "/whoami", { headers: { "X-API-Key": key } });
      return response.status === 200 ? response.json() : response.status;
    };
    return { server, token, create, use };
  };

  test("are shown once, work as bearer and as X-API-Key, and only their hash is stored", async () => {
    const { server, token, create, use } = await start();
    const made = await create({ name: "ci", scopes: ["publish"], expires_in_days: 30 });
    expect([made.status, made.headers.get("Cache-Control")]).toEqual([201, "no-store"]);
    const { key, hint, id } = (await made.json()).data;
    expect(key).toMatch(/^mkt_[0-9A-Za-z]{40}$/);
    expect(await use(key)).toEqual({ via: "api-key", scopes: ["publish"] });
    expect((await server.send("GET", "/api/v1/me", { token: key })).status).toBe(200);
    const list = await (await server.send("GET", "/api/v1/me/api-keys", { token })).text();
    expect(list).toContain(hint);
    expect(list).not.toContain(key);
    const rows = JSON.stringify(await server.database.read.selectFrom("api_keys").selectAll().execute());
    expect(rows).not.toContain(key);
    expect(JSON.stringify(server.lines)).not.toContain(key);
    expect((await server.send("DELETE", `/api/v1/me/api-keys/${id}`, { token })).status).toBe(204);
    expect(await use(key)).toBe(401);
  });

  test("expire, and die with the account", async () => {
    const { server, create, use } = await start();
    const { key } = (await (await create({ name: "ci", expires_in_days: 1 })).json()).data;
    server.clock.move(DAY + 1);
    expect(await use(key)).toBe(401);
    server.clock.move(-DAY);
    const second = (await (await create({ name: "ci" })).json()).data.key;
    await server.accounts.administration.create(
      SYSTEM,
      { username: "first", email: "f@x.org", password: PASSWORD },
      "admin",
    );
    await server.accounts.administration.disable(SYSTEM, "ada");
    expect(await use(second)).toBe(401);
    await server.accounts.administration.enable(SYSTEM, "ada");
    expect(await use(second)).toBe(401);
  });

  test("cannot be stronger than their maker, nor make keys, sessions or passwords", async () => {
    const { server, create, use } = await start();
    expect((await create({ name: "x", scopes: ["admin"] })).status).toBe(403);
    expect((await create({ name: "x", scopes: ["root"] })).status).toBe(422);
    expect((await create({ name: "x", scopes: [] })).status).toBe(422);
    expect((await create({ name: " ", scopes: ["read"] })).status).toBe(422);
    expect((await create({ name: "x", scopes: ["read"], expires_in_days: 0.5 })).status).toBe(422);

    const { key } = (await (await create({ name: "x", scopes: ["read", "publish"] })).json()).data;
    expect((await create({ name: "y", scopes: ["read"] }, key)).status).toBe(403);
    expect((await server.send("PATCH", "/api/v1/me", { token: key, json: { bio: "x" } })).status).toBe(403);
    expect((await server.send("GET", "/api/v1/me/sessions", { token: key })).status).toBe(403);
    const json = { current_password: PASSWORD, new_password: "another password" };
    expect((await server.send("POST", "/api/v1/me/password", { token: key, json })).status).toBe(403);

    await server.accounts.administration.create(
      SYSTEM,
      { username: "first", email: "f@x.org", password: PASSWORD },
      "admin",
    );
    await server.accounts.administration.setRole(SYSTEM, "ada", "moderator");
    const login = await server.send("POST", "/api/v1/auth/login", { json: { username: "ada", password: PASSWORD } });
    const strong = (
      await (await create({ name: "z", scopes: ["admin"] }, (await login.json()).data.access_token)).json()
    ).data.key;
    expect(await use(strong)).toEqual({ via: "api-key", scopes: ["admin"] });
    await server.accounts.administration.setRole(SYSTEM, "ada", "user");
    expect(await use(strong)).toEqual({ via: "api-key", scopes: [] });
  });

  test("are revoked by their owner alone", async () => {
    const { server, create, use } = await start();
    const { key, id } = (await (await create({ name: "ci" })).json()).data;
    const bob = await register(server, "bob");
    const asBob = { token: bob.access_token };
    expect((await server.send("DELETE", `/api/v1/me/api-keys/${id}`, asBob)).status).toBe(404);
    expect((await server.send("DELETE", "/api/v1/me/api-keys/nonsense", asBob)).status).toBe(404);
    expect((await (await server.send("GET", "/api/v1/me/api-keys", asBob)).json()).data).toEqual([]);
    expect(await use(key)).toMatchObject({ via: "api-key" });
  });

  test("end themselves, as signing out does, and no other key", async () => {
    const { server, create, use } = await start();
    const { key, id } = (await (await create({ name: "one", scopes: ["publish"] })).json()).data;
    const other = (await (await create({ name: "two" })).json()).data;
    expect((await server.send("DELETE", `/api/v1/me/api-keys/${other.id}`, { token: key })).status).toBe(403);
    expect((await server.send("DELETE", `/api/v1/me/api-keys/${id}`, { token: key })).status).toBe(204);
    expect((await server.send("DELETE", `/api/v1/me/api-keys/${id}`, { token: key })).status).toBe(401);
    expect(await use(other.key)).toMatchObject({ via: "api-key" });
  });

  test("remember their last use without a write for each", async () => {
    const { server, create, use } = await start();
    const { key } = (await (await create({ name: "ci" })).json()).data;
    await use(key);
    const lastUse = async () =>
      (await server.database.read.selectFrom("api_keys").select("last_used_at").executeTakeFirstOrThrow()).last_used_at;
    expect(await lastUse()).toBe(null);
    server.clock.move(MINUTE / 2);
    await use(key);
    await server.accounts.housekeeping();
    expect(await lastUse()).toBe(server.clock.now().toISOString());
  });

  test("are made and revoked on the settings page, shown there once", async () => {
    const { server } = await start();
    const browser = createBrowser(server);
    await browser.submit("/sign-in", { username: "ada", password: PASSWORD });
    const form = { name: "laptop", scope: "read", namespaces: "ada", assets: "", expires_in_days: "30" };
    const wrong = await browser.submit("/settings/api-keys", { ...form, namespaces: "ada, bob", assets: "bob/secret" });
    expect(wrong.status).toBe(422);
    const problems = await wrong.text();
    for (const text of ["bob", "no namespace that you have a right in", "bob/secret", "no asset that you have"])
      expect(problems).toContain(text);
    const made = await browser.submit("/settings/api-keys", form);
    const key = /mkt_[0-9A-Za-z]{40}/.exec(await made.text())?.[0];
    expect(isApiKey(key ?? "")).toBe(true);
    const page = await (await browser.visit("GET", "/settings/api-keys")).text();
    expect(page).toContain("laptop");
    expect(page).toContain("Only ada/*");
    expect(page).not.toContain(key!);
    const action = /action="(\/settings\/api-keys\/[^"]+\/revoke)"/.exec(page)![1]!;
    expect((await browser.submit(action, {}, "/settings/api-keys")).status).toBe(303);
    expect((await server.send("GET", "/api/v1/me", { token: key! })).status).toBe(401);
  });
});
