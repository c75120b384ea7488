import { expect, test } from "bun:test";
import { SYSTEM } from "../../core/actor.ts";
import { MINUTE } from "../../core/clock.ts";
import {
  type AccountsServer,
  createAccountsServer,
  createBrowser,
  handClock,
  PASSWORD,
  register,
} from "../../../test/support/accounts-server.ts";
import { eachDatabase } from "../../../test/support/databases.ts";
import type { Database } from "../../platform/database/index.ts";
import type { Role } from "../../core/actor.ts";

const call = async (server: AccountsServer, method: string, path: string, token?: string, json?: unknown) => {
  const response = await server.send(method, `/api/v1${path}`, { token, json });
  const text = await response.text();
  const body = text === "" ? {} : JSON.parse(text);
  return { status: response.status, headers: response.headers, data: body.data, meta: body.meta, error: body.error };
};
const login = async (server: AccountsServer, username: string) => {
  const { data } = await call(server, "POST", "/auth/login", undefined, { username, password: PASSWORD });
  return data.access_token as string;
};
const make = (server: AccountsServer, username: string, role: Role = "user", displayName?: string) =>
  server.accounts.administration.create(
    SYSTEM,
    { username, email: `${username}@example.org`, password: PASSWORD, displayName },
    role,
  );
/** A server with the administrator `boss`. */
async function start(database: Database) {
  const clock = handClock();
  const server = createAccountsServer({ database, clock });
  await make(server, "boss", "admin");
  return { server, clock, token: await login(server, "boss") };
}
const names = ({ data }: { data: { username: string }[] }) => data.map(({ username }) => username);
const acts = async (server: AccountsServer, username: string) => {
  const { id } = await server.accounts.administration.find(SYSTEM, username);
  const rows = await server.database.read
    .selectFrom("audit_entries")
    .select("action")
    .where("subject_id", "=", id)
    .where("action", "like", "user.%")
    .orderBy("seq")
    .execute();
  return rows.map(({ action }) => action);
};

eachDatabase("administrating people over REST", (open) => {
  test("they are found by part of name or address, by role and status, and paged in SQL", async () => {
    const { server, token } = await start(await open());
    await make(server, "anna", "moderator", "Ünal Özer");
    await make(server, "ben", "user", "100%_sure!");
    await make(server, "cleo", "user", "Cleo");
    await server.accounts.administration.disable(SYSTEM, "cleo");
    const list = (query: string) => call(server, "GET", `/admin/users?${query}`, token);
    const all = await list("per_page=3");
    expect(names(all)).toEqual(["anna", "ben", "boss"]);
    expect(all.meta).toEqual({ page: 1, per_page: 3, total: 4, total_pages: 2 });
    expect(all.headers.get("Link")).toContain('rel="next"');
    expect(names(await list("per_page=3&page=2"))).toEqual(["cleo"]);
    expect(names(await list("q=BEN%40EXAMPLE"))).toEqual(["ben"]);
    expect(names(await list(`q=${encodeURIComponent("Ünal")}`))).toEqual(["anna"]);
    // What LIKE would take for wildcards is itself.
    expect(names(await list("q=%25"))).toEqual(["ben"]);
    expect(names(await list("q=_"))).toEqual(["ben"]);
    expect(names(await list("q=e!"))).toEqual(["ben"]);
    expect(names(await list("q=a_n"))).toEqual([]);
    expect(names(await list("role=moderator"))).toEqual(["anna"]);
    expect(names(await list("status=disabled&q=c"))).toEqual(["cleo"]);
    expect((await list("role=king&status=lost")).error.details.fields).toHaveLength(2);
    expect((await list("q=%00")).status).toBe(422);
    expect((await list(`q=${"x".repeat(101)}`)).status).toBe(422);
  });

  test("one is shown with how they sign in and where they belong", async () => {
    const { server, token } = await start(await open());
    const { access_token: own } = await register(server, "ada");
    await call(server, "POST", "/me/api-keys", own, { name: "ci", scopes: ["read"] });
    const browser = createBrowser(server);
    await browser.submit("/sign-in", { username: "ada", password: PASSWORD });
    const { data } = await call(server, "GET", "/admin/users/ada", token);
    expect(data).toMatchObject({
      username: "ada",
      status: "active",
      has_password: true,
      two_factor: false,
      sessions: 1,
      programs: 1,
      api_keys: 1,
      locked_until: null,
      organizations: [],
      connected_accounts: [],
      erase_after: null,
    });
    expect(JSON.stringify(data)).not.toContain("argon2");
    expect((await call(server, "GET", "/admin/users/nobody", token)).status).toBe(404);
    for (let i = 0; i < 51; i++)
      await call(server, "POST", "/auth/login", undefined, { username: "ada", password: "wrong password" });
    expect((await call(server, "GET", "/admin/users/ada", token)).data.locked_until).not.toBeNull();
  });

  test("one is made with a password, or with a link that sets it", async () => {
    const { server, token } = await start(await open());
    const json = { username: "ada", email: "ada@example.org" };
    const made = await call(server, "POST", "/admin/users", token, { ...json, role: "moderator" });
    expect([made.status, made.headers.get("Cache-Control")]).toEqual([201, "no-store"]);
    expect((await call(server, "GET", "/admin/users/ada", token)).data).toMatchObject({
      role: "moderator",
      has_password: false,
    });
    expect((await call(server, "POST", "/auth/login", undefined, { username: "ada", password: "" })).status).not.toBe(
      200,
    );
    const secret = new URL(made.data.link).searchParams.get("token");
    await call(server, "POST", "/auth/reset-password", undefined, { token: secret, password: PASSWORD });
    expect(await login(server, "ada")).toBeString();
    const other = { username: "bob", email: "bob@example.org", password: PASSWORD };
    expect((await call(server, "POST", "/admin/users", token, other)).data).toMatchObject({ role: "user", link: null });
    expect((await call(server, "POST", "/admin/users", token, other)).status).toBe(409);
    const wrong = await call(server, "POST", "/admin/users", token, { username: "No Name", email: "x" });
    expect(wrong.error.details.fields.map(({ field }: { field: string }) => field)).toEqual(["username", "email"]);
  });

  test("role and status change together or not at all, end sign-ins, and are written down", async () => {
    const { server, token } = await start(await open());
    const { access_token: own } = await register(server, "ada");
    const change = (username: string, json: object) => call(server, "PATCH", `/admin/users/${username}`, token, json);
    expect((await change("ada", { role: "moderator" })).data).toMatchObject({ role: "moderator", programs: 0 });
    expect((await call(server, "GET", "/me", own)).status).toBe(401);
    expect((await change("ada", { role: "moderator" })).status).toBe(200);
    expect((await change("ada", { role: "admin", status: "disabled" })).data).toMatchObject({
      role: "admin",
      status: "disabled",
    });
    // A disabled administrator is none who could be left.
    for (const json of [{ role: "user" }, { status: "disabled" }, { role: "user", status: "disabled" }])
      expect((await change("boss", json)).status).toBe(409);
    expect((await call(server, "GET", "/me", token)).status).toBe(200);
    expect((await change("ada", { status: "active" })).status).toBe(200);
    expect((await change("boss", { role: "user" })).status).toBe(200);
    expect((await call(server, "GET", "/admin/users", token)).status).toBe(401);
    expect(await acts(server, "ada")).toEqual([
      "user.created",
      "user.role.changed",
      "user.role.changed",
      "user.disabled",
      "user.enabled",
    ]);
    expect(await acts(server, "boss")).toEqual(["user.created", "user.role.changed"]);
  });

  test("signing out ends sessions and tokens, and keys when asked to", async () => {
    const { server, token } = await start(await open());
    const { access_token: own } = await register(server, "ada");
    const { data } = await call(server, "POST", "/me/api-keys", own, { name: "ci", scopes: ["read"] });
    const signOut = (json?: object) => call(server, "POST", "/admin/users/ada/sign-out", token, json);
    expect((await signOut()).status).toBe(204);
    expect((await call(server, "GET", "/me", own)).status).toBe(401);
    expect((await call(server, "GET", "/me", data.key)).status).toBe(200);
    expect((await signOut({ api_keys: true })).status).toBe(204);
    expect((await call(server, "GET", "/me", data.key)).status).toBe(401);
    expect(await acts(server, "ada")).toEqual(["user.created", "user.signed_out", "user.signed_out"]);
  });

  test("an API key and an old sign-in read and sign out, but give nobody power; nobody raises themselves", async () => {
    const { server, clock, token } = await start(await open());
    await make(server, "ada", "moderator");
    const { data } = await call(server, "POST", "/me/api-keys", token, { name: "ci", scopes: ["read", "admin"] });
    const own = await login(server, "ada");
    expect((await call(server, "PATCH", "/admin/users/ada", own, { role: "admin" })).status).toBe(403);
    const refresh = (await call(server, "POST", "/auth/login", undefined, { username: "boss", password: PASSWORD }))
      .data.refresh_token;
    clock.move(16 * MINUTE);
    const old = (await call(server, "POST", "/auth/refresh", undefined, { refresh_token: refresh })).data.access_token;
    for (const held of [data.key, old]) {
      expect((await call(server, "GET", "/admin/users/ada", held)).status).toBe(200);
      expect((await call(server, "POST", "/admin/users/ada/sign-out", held)).status).toBe(204);
      const person = { username: "eve", email: "eve@example.org" };
      const refused = [
        await call(server, "PATCH", "/admin/users/ada", held, { role: "admin" }),
        await call(server, "PATCH", "/admin/users/ada", held, { status: "disabled" }),
        await call(server, "POST", "/admin/users", held, { ...person, password: PASSWORD, role: "admin" }),
        await call(server, "POST", "/admin/users", held, person),
        await call(server, "POST", "/admin/users/ada/reset-link", held),
        await call(server, "DELETE", "/admin/users/ada/two-factor", held),
      ];
      for (const { status, error } of refused) expect([status, error.details.reauthenticate]).toEqual([403, true]);
    }
    expect((await call(server, "GET", "/admin/users/eve", data.key)).status).toBe(404);
    expect((await call(server, "GET", "/admin/users/ada", data.key)).data).toMatchObject({ role: "moderator" });
  });

  test("who was erased is found and changed no more", async () => {
    const { server, token } = await start(await open());
    const { user } = await register(server, "ada");
    await server.database.write((tx) =>
      tx
        .updateTable("users")
        .set({ erased_at: server.clock.now().toISOString(), status: "disabled" })
        .where("id", "=", user.id)
        .execute(),
    );
    expect(names(await call(server, "GET", "/admin/users", token))).toEqual(["boss"]);
    expect((await call(server, "GET", "/admin/users/ada", token)).status).toBe(404);
    expect((await call(server, "PATCH", "/admin/users/ada", token, { status: "active" })).status).toBe(404);
  });
});

eachDatabase("the pages of administrating people", (open) => {
  test("work without a script: search, make, role, status, link, sign-out", async () => {
    const { server } = await start(await open());
    await make(server, "ada", "user", "<b>Ada</b>");
    const browser = createBrowser(server);
    expect((await browser.visit("GET", "/admin/users")).headers.get("Location")).toStartWith("/sign-in");
    await browser.submit("/sign-in", { username: "boss", password: PASSWORD });
    const listed = await browser.visit("GET", "/admin/users?q=ADA&role=user&status=active");
    expect([listed.status, listed.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
    const html = await listed.text();
    expect(html).toContain('href="/admin/users/ada"');
    expect(html).toContain("&lt;b&gt;Ada");
    expect(html).not.toContain('href="/admin/users/boss"');
    expect(await (await browser.visit("GET", "/admin/users?q=nobody")).text()).toContain("Nobody matches");
    expect((await browser.visit("GET", "/admin/users?role=king")).status).toBe(422);

    const fields = { username: "bob", email: "bob@example.org", new_role: "moderator" };
    const made = await browser.submit("/admin/users", fields);
    expect([made.status, made.headers.get("Cache-Control")]).toEqual([201, "no-store"]);
    expect(await made.text()).toContain("/reset-password?token=");
    const again = await browser.submit("/admin/users", fields);
    expect([again.status, (await again.text()).includes("is taken")]).toEqual([409, true]);

    const person = "/admin/users/bob";
    const done = await browser.submit(`${person}/role`, { role: "user" }, person);
    expect([done.status, done.headers.get("Location")]).toEqual([303, `${person}?done=role`]);
    expect(await (await browser.visit("GET", `${person}?done=role`)).text()).toContain("The role is set.");
    const link = await browser.submit(`${person}/reset-link`, {}, person);
    expect([link.status, (await link.text()).includes("/reset-password?token=")]).toEqual([201, true]);
    await browser.submit(`${person}/sign-out`, { api_keys: "on" }, person);
    await browser.submit(`${person}/status`, { status: "disabled" }, person);
    await browser.submit(`${person}/two-factor/remove`, {}, person);
    expect(await acts(server, "bob")).toEqual([
      "user.created",
      "user.role.changed",
      "user.signed_out",
      "user.disabled",
      "user.second_factors.removed",
    ]);
    const last = await browser.submit("/admin/users/boss/role", { role: "user" }, "/admin/users/boss");
    expect([last.status, (await last.text()).includes("the last administrator")]).toEqual([409, true]);
    expect((await browser.submit(`${person}/role`, { role: "king" }, person)).status).toBe(422);
  });

  test("ask who it is before power is given, and are closed to others", async () => {
    const { server, clock } = await start(await open());
    await make(server, "ada", "moderator");
    const browser = createBrowser(server);
    await browser.submit("/sign-in", { username: "boss", password: PASSWORD });
    clock.move(16 * MINUTE);
    const asked = await browser.submit("/admin/users/ada/role", { role: "admin" }, "/admin/users/ada");
    expect([asked.status, asked.headers.get("Location")?.startsWith("/sudo?")]).toEqual([303, true]);
    const moderator = createBrowser(server);
    await moderator.submit("/sign-in", { username: "ada", password: PASSWORD });
    for (const path of ["/admin/users", "/admin/users/boss", "/admin/users/nobody"])
      expect((await moderator.visit("GET", path)).status).toBe(403);
    const raised = await moderator.submit("/admin/users/ada/role", { role: "admin" }, "/settings/profile");
    expect(raised.status).toBe(403);
    expect((await server.accounts.administration.find(SYSTEM, "ada")).role).toBe("moderator");
  });
});
